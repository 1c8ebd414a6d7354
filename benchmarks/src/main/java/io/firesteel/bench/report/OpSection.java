package io.firesteel.bench.report;

import io.firesteel.bench.chart.Chart;
import io.firesteel.bench.chart.Chart.Kind;
import io.firesteel.bench.chart.Chart.Series;
import io.firesteel.bench.report.Results.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Single ops in all their implementations, the newest measurement of each. */
record OpSection(Results results) {
  private static final String CPU = "cpu";
  private static final String JAVA = "tornado-java";
  private static final String PTX = "tornado-ptx";

  /** Rows by case and implementation, and what each implementation's times are. */
  private record Measured(
      Map<String, Map<String, JsonNode>> cases, TreeMap<String, String> implementations) {
    double micros(String name, String implementation) {
      JsonNode row = cases.get(name).get(implementation);
      return row == null ? Double.NaN : row.path("microseconds").asDouble();
    }
  }

  /** The section; empty without results. */
  Section section() {
    Measured measured = measured();
    return new Section(
        "ops",
        "Single ops: Java compiled by TornadoVM, hand-written PTX, and the CPU",
        text(measured),
        charts(measured),
        List.of(times(measured), details(measured), failures(measured)));
  }

  private Measured measured() {
    Map<String, Map<String, JsonNode>> cases = new LinkedHashMap<>();
    TreeMap<String, String> implementations = new TreeMap<>();
    for (Result result : results.of("ops")) {
      for (JsonNode row : result.json().path("ops")) {
        String implementation = row.path("implementation").asString();
        implementations.putIfAbsent(implementation, "");
        cases.computeIfAbsent(name(row), _ -> new LinkedHashMap<>()).put(implementation, row);
      }
      for (JsonNode implementation : result.json().path("implementations")) {
        String timing = implementation.path("timing").asString("");
        implementations.computeIfPresent(
            implementation.path("name").asString(),
            (_, known) -> timing.isEmpty() ? known : timing);
      }
    }
    return new Measured(cases, implementations);
  }

  private static String name(JsonNode row) {
    int context = row.path("context").asInt();
    return "%s %s, %s, %d rows%s"
        .formatted(
            row.path("op").asString(),
            row.path("type").asString(),
            row.path("shape").asString(),
            row.path("rows").asInt(),
            context == 0 ? "" : " after " + context);
  }

  private static String text(Measured measured) {
    String timings =
        measured.implementations().entrySet().stream()
            .filter(entry -> !entry.getValue().isEmpty())
            .map(entry -> entry.getKey() + ": " + entry.getValue())
            .collect(Collectors.joining("; "));
    return "Median time of a run, weights and cache read from memory; bytes that must be moved;"
        + " error against a reference in double precision."
        + (timings.isEmpty() ? "" : " What is timed: " + timings + ".");
  }

  private static Table times(Measured measured) {
    boolean compared = measured.implementations().keySet().containsAll(List.of(JAVA, PTX));
    List<String> heads = new ArrayList<>(List.of("op"));
    measured.implementations().keySet().forEach(name -> heads.add(name + " µs"));
    if (compared) {
      heads.add(JAVA + " / " + PTX);
    }
    Table table = new Table(heads);
    for (String name : measured.cases().keySet()) {
      table.row().text(name);
      for (String implementation : measured.implementations().keySet()) {
        double micros = measured.micros(name, implementation);
        table.number(micros, Html.fixed(micros, 2));
      }
      if (compared) {
        double ratio = measured.micros(name, JAVA) / measured.micros(name, PTX);
        table.number(ratio, Html.fixed(ratio, 2));
      }
    }
    return table;
  }

  private static Table details(Measured measured) {
    List<String> heads = new ArrayList<>(List.of("op"));
    measured
        .implementations()
        .keySet()
        .forEach(name -> heads.addAll(List.of(name + " GB/s", "of ceiling", "NMSE")));
    Table table = new Table(heads);
    measured
        .cases()
        .forEach(
            (name, rows) -> {
              table.row().text(name);
              measured
                  .implementations()
                  .keySet()
                  .forEach(implementation -> detail(table, rows.get(implementation)));
            });
    return table;
  }

  private static void detail(Table table, JsonNode row) {
    if (row == null) {
      table.text("–").text("").text("");
      return;
    }
    double share = row.path("shareOfCeiling").asDouble(Double.NaN);
    table
        .text(Html.fixed(row.path("gigabytesPerSecond").asDouble(), 1))
        .text(Double.isNaN(share) ? "–" : Html.fixed(share * 100, 0) + " %")
        .text(
            row.has("nmse")
                ? String.format(Locale.ROOT, "%.1e", row.path("nmse").asDouble())
                : "–");
  }

  /** Cases that no file has a time of. */
  private Table failures(Measured measured) {
    Table table = new Table("did not run", "implementation", "reason");
    for (Result result : results.of("ops")) {
      for (JsonNode row : result.json().path("failures")) {
        String implementation = row.path("implementation").asString();
        Map<String, JsonNode> times = measured.cases().getOrDefault(name(row), Map.of());
        if (!times.containsKey(implementation)) {
          table.row().text(name(row)).text(implementation).text(row.path("reason").asString());
        }
      }
    }
    return table;
  }

  /** Of the implementations on a GPU where there are any. */
  private static List<Chart> charts(Measured measured) {
    List<String> all = List.copyOf(measured.implementations().keySet());
    List<String> gpu = all.stream().filter(name -> !name.equals(CPU)).toList();
    if (measured.cases().isEmpty()) {
      return List.of();
    }
    List<Series> series =
        (gpu.isEmpty() ? all : gpu)
            .stream().map(implementation -> series(measured, implementation)).toList();
    List<String> places = measured.cases().keySet().stream().map(OpSection::place).toList();
    return List.of(new Chart("Time of an op", "µs", Kind.BARS, places, series));
  }

  private static Series series(Measured measured, String implementation) {
    Stream<String> names = measured.cases().keySet().stream();
    return new Series(
        implementation, names.mapToDouble(name -> measured.micros(name, implementation)).toArray());
  }

  /** Op and type. */
  private static String place(String name) {
    return name.substring(0, name.indexOf(','));
  }
}
