package io.firesteel.bench.report;

import io.firesteel.bench.chart.Chart;
import io.firesteel.bench.chart.Chart.Kind;
import io.firesteel.bench.chart.Chart.Series;
import io.firesteel.bench.report.Results.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Makes the parts of the page from results. */
record Sections(Results results) {
  /** All parts that have something to show. */
  List<Section> all() {
    List<Section> sections = new ArrayList<>();
    for (String group : groups()) {
      sections.add(rates(group));
      sections.add(prefill(group));
      sections.add(batches(group));
      sections.add(energy(group));
    }
    sections.add(ops());
    results
        .newest("tune", result -> result.text("model") + " on " + result.text("device"))
        .forEach(result -> sections.add(forms(result)));
    sections.add(history());
    sections.add(accuracy());
    sections.add(evaluations());
    sections.add(gates());
    sections.add(footprint());
    sections.add(files());
    return sections.stream().filter(section -> !section.isEmpty()).toList();
  }

  /** Model and device: only rates of the same are shown beside each other. */
  private static String group(Result result) {
    return result.text("model")
        + " on "
        + result.json().path("hardware").path("name").asString("unknown device");
  }

  private Set<String> groups() {
    return results.of("bench").stream()
        .map(Sections::group)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static String id(String kind, String group) {
    return kind + "-" + group.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }

  /**
   * The results of a group, the oldest first, so that the newest of a size is the one that stays.
   */
  private List<Result> benches(String group) {
    return results.of("bench").stream().filter(result -> group(result).equals(group)).toList();
  }

  /** The engine, and what tells one of its configurations from another. */
  private static String who(Result result) {
    String device = result.text("device");
    int detail = device.indexOf(';');
    return result.text("engine") + (detail < 0 ? "" : "," + device.substring(detail + 1));
  }

  /** Rates by who reached them and size, for engines and then other programs. */
  private Map<String, TreeMap<Integer, JsonNode>> bySize(String group, String array, String size) {
    Map<String, TreeMap<Integer, JsonNode>> rates = new LinkedHashMap<>();
    for (Result result : benches(group)) {
      add(rates, who(result), result.json().path(array), size);
    }
    for (Result result : benches(group)) {
      for (JsonNode peer : result.json().path("peers")) {
        add(rates, peer.path("name").asString(), peer.path(array), size);
      }
    }
    return rates;
  }

  private static void add(
      Map<String, TreeMap<Integer, JsonNode>> rates, String who, JsonNode rows, String size) {
    for (JsonNode row : rows) {
      rates.computeIfAbsent(who, _ -> new TreeMap<>()).put(row.path(size).asInt(), row);
    }
  }

  private Section sized(
      String id,
      String title,
      String text,
      String head,
      Map<String, TreeMap<Integer, JsonNode>> rates) {
    Set<Integer> sizes = new TreeSet<>();
    rates.values().forEach(map -> sizes.addAll(map.keySet()));
    List<String> heads = new ArrayList<>(List.of(head));
    Table table = new Table(concat(heads, rates.keySet().stream().toList()));
    for (int size : sizes) {
      table.row().text(Integer.toString(size));
      for (TreeMap<Integer, JsonNode> map : rates.values()) {
        JsonNode row = map.get(size);
        double rate = row == null ? Double.NaN : row.path("tokensPerSecond").asDouble();
        table.number(rate, rate(row));
      }
    }
    List<Series> series = new ArrayList<>();
    rates.forEach(
        (who, map) ->
            series.add(
                new Series(
                    who,
                    sizes.stream()
                        .mapToDouble(
                            size ->
                                map.containsKey(size)
                                    ? map.get(size).path("tokensPerSecond").asDouble()
                                    : Double.NaN)
                        .toArray())));
    List<Chart> charts =
        series.isEmpty()
            ? List.of()
            : List.of(
                new Chart(
                    title,
                    "tok/s",
                    Kind.LINES,
                    sizes.stream().map(Sections::size).toList(),
                    series));
    return new Section(id, title, text, charts, List.of(table));
  }

  private static List<String> concat(List<String> first, List<String> then) {
    List<String> all = new ArrayList<>(first);
    all.addAll(then);
    return all;
  }

  private static String rate(JsonNode row) {
    return row == null
        ? ""
        : String.format(
            Locale.ROOT,
            "%.1f ± %.1f %%%s",
            row.path("tokensPerSecond").asDouble(),
            row.path("spread").asDouble() * 100,
            row.has("shareOfCeiling")
                ? String.format(
                    Locale.ROOT,
                    " (%.0f %% of ceiling)",
                    row.path("shareOfCeiling").asDouble() * 100)
                : "");
  }

  private static String size(int size) {
    return size >= 1024 && size % 1024 == 0 ? size / 1024 + "k" : Integer.toString(size);
  }

  private Section rates(String group) {
    return sized(
        id("decode", group),
        "Decoding against context: " + group,
        "Tokens a second of one session while the cache holds that many positions: median, and half"
            + " the range of all samples. The ceiling is what the device's read rate, measured in"
            + " the same run, would allow.",
        "context",
        bySize(group, "decode", "context"));
  }

  private Section prefill(String group) {
    return sized(
        id("prefill", group),
        "Prompts: " + group,
        "Tokens a second of a prompt up to the first token of the answer.",
        "tokens",
        bySize(group, "prefill", "tokens"));
  }

  private Section batches(String group) {
    return sized(
        id("batch", group),
        "Sessions together: " + group,
        "Tokens a second of all sessions that decode at once.",
        "sessions",
        bySize(group, "batch", "batch"));
  }

  private Section energy(String group) {
    Map<String, TreeMap<Integer, JsonNode>> steps = new LinkedHashMap<>();
    for (Result result : benches(group)) {
      add(steps, who(result), result.json().path("decode"), "context");
    }
    Table table = new Table("engine", "context", "W", "J/token", "clock MHz", "throttling");
    steps.forEach((who, rows) -> rows.values().forEach(row -> energy(table, who, row)));
    return new Section(id("energy", group), "Energy: " + group, "", List.of(), List.of(table));
  }

  private static void energy(Table table, String who, JsonNode row) {
    if (row.has("joulesPerToken")) {
      table
          .row()
          .text(who)
          .text(Integer.toString(row.path("context").asInt()))
          .number(row.path("watts").asDouble(), fixed(row.path("watts").asDouble(), 0))
          .number(
              row.path("joulesPerToken").asDouble(),
              fixed(row.path("joulesPerToken").asDouble(), 3))
          .text(clock(row.path("clockMhz")))
          .text(texts(row.path("throttling")));
    }
  }

  private static String clock(JsonNode range) {
    return range.isMissingNode()
        ? "–"
        : range.path("least").asInt() + " to " + range.path("most").asInt();
  }

  private static String texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asString).collect(Collectors.joining(", "));
  }

  private static String fixed(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /** What {@code tune} measured: each op of a model in both forms. */
  private static Section forms(Result result) {
    Table table =
        new Table("op", "shape", "times", "Java µs", "PTX µs", "Java / PTX", "of ceiling");
    List<String> names = new ArrayList<>();
    List<Double> java = new ArrayList<>();
    List<Double> ptx = new ArrayList<>();
    for (JsonNode op : result.json().path("ops")) {
      double javaMicros = op.path("javaMicros").asDouble(Double.NaN);
      double ptxMicros = op.path("ptxMicros").asDouble(Double.NaN);
      double share = 100 * op.path("shareOfCeiling").asDouble();
      names.add(op.path("key").asString());
      java.add(javaMicros);
      ptx.add(ptxMicros);
      table
          .row()
          .text(op.path("key").asString())
          .text(op.path("shape").asString())
          .text(Integer.toString(op.path("times").asInt()))
          .number(javaMicros, fixed(javaMicros, 2))
          .number(ptxMicros, fixed(ptxMicros, 2))
          .number(javaMicros / ptxMicros, fixed(javaMicros / ptxMicros, 2))
          .number(share, fixed(share, 1) + " %");
    }
    String group = result.text("model") + " on " + result.text("device");
    Chart chart =
        new Chart(
            "Java as TornadoVM compiles it, and hand-written PTX",
            "µs",
            Kind.BARS,
            names,
            List.of(new Series("Java", doubles(java)), new Series("PTX", doubles(ptx))));
    return new Section(
        id("forms", group),
        "Java against PTX: " + group,
        "Time of each op of a token in both forms, in a task graph of its own; the share of the"
            + " read ceiling is the faster form's.",
        List.of(chart),
        List.of(table));
  }

  private static double[] doubles(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** All implementations of an op beside each other. */
  private Section ops() {
    Map<String, Map<String, JsonNode>> byCase = new LinkedHashMap<>();
    Set<String> implementations = new LinkedHashSet<>();
    for (Result result : results.of("ops")) {
      for (JsonNode row : result.json().path("ops")) {
        String implementation = row.path("implementation").asString();
        implementations.add(implementation);
        byCase.computeIfAbsent(opCase(row), _ -> new LinkedHashMap<>()).put(implementation, row);
      }
    }
    List<String> heads = new ArrayList<>(List.of("op"));
    implementations.forEach(name -> heads.addAll(List.of(name + " µs", "GB/s", "ceiling", "NMSE")));
    Table table = new Table(heads);
    byCase.forEach(
        (name, rows) -> {
          table.row().text(name);
          implementations.forEach(implementation -> op(table, rows.get(implementation)));
        });
    return new Section(
        "ops",
        "Single ops: Java compiled by TornadoVM, hand-written PTX, and the CPU",
        "Median time of a run by the device's own clock; bytes that must be moved; error against a"
            + " reference in double precision.",
        opCharts(byCase, implementations),
        List.of(table));
  }

  private static List<Chart> opCharts(
      Map<String, Map<String, JsonNode>> byCase, Set<String> implementations) {
    List<String> gpu = implementations.stream().filter(name -> !name.equals("cpu")).toList();
    List<String> shown = gpu.isEmpty() ? List.copyOf(implementations) : gpu;
    if (byCase.isEmpty()) {
      return List.of();
    }
    List<Series> series = new ArrayList<>();
    for (String implementation : shown) {
      series.add(
          new Series(
              implementation,
              byCase.values().stream()
                  .mapToDouble(
                      rows ->
                          rows.containsKey(implementation)
                              ? rows.get(implementation).path("microseconds").asDouble()
                              : Double.NaN)
                  .toArray()));
    }
    List<String> places =
        byCase.keySet().stream().map(name -> name.substring(0, name.indexOf(' '))).toList();
    return List.of(new Chart("Time of an op", "µs", Kind.BARS, places, series));
  }

  private static String opCase(JsonNode row) {
    int context = row.path("context").asInt();
    return "%s %s, %s, %d rows%s"
        .formatted(
            row.path("op").asString(),
            row.path("type").asString(),
            row.path("shape").asString(),
            row.path("rows").asInt(),
            context == 0 ? "" : " after " + context);
  }

  private static void op(Table table, JsonNode row) {
    if (row == null) {
      table.text("–").text("").text("").text("");
      return;
    }
    double micros = row.path("microseconds").asDouble();
    double share = row.path("shareOfCeiling").asDouble(Double.NaN);
    table
        .number(micros, fixed(micros, 2))
        .text(fixed(row.path("gigabytesPerSecond").asDouble(), 1))
        .text(Double.isNaN(share) ? "–" : fixed(share * 100, 0) + " %")
        .text(
            row.has("nmse")
                ? String.format(Locale.ROOT, "%.1e", row.path("nmse").asDouble())
                : "–");
  }

  /** Rates at the shortest context of each commit, for each engine. */
  private Section history() {
    List<Chart> charts = new ArrayList<>();
    for (String group : groups()) {
      List<Result> runs =
          results.of("bench").stream().filter(result -> group(result).equals(group)).toList();
      List<String> commits = runs.stream().map(result -> result.text("commit")).distinct().toList();
      if (commits.size() < 2) {
        continue;
      }
      Map<String, double[]> series = new LinkedHashMap<>();
      for (Result result : runs) {
        double[] values =
            series.computeIfAbsent(
                result.text("engine"),
                _ -> {
                  double[] none = new double[commits.size()];
                  Arrays.fill(none, Double.NaN);
                  return none;
                });
        values[commits.indexOf(result.text("commit"))] =
            result.json().path("decode").path(0).path("tokensPerSecond").asDouble(Double.NaN);
      }
      charts.add(
          new Chart(
              "Decoding at the shortest context: " + group,
              "tok/s",
              Kind.LINES,
              commits.stream().map(Sections::shortCommit).toList(),
              series.entrySet().stream()
                  .map(entry -> new Series(entry.getKey(), entry.getValue()))
                  .toList()));
    }
    return new Section("history", "History over commits", "", charts, List.of());
  }

  private static String shortCommit(String commit) {
    return commit.length() > 8 ? commit.substring(0, 8) : commit;
  }

  private Section accuracy() {
    Table table =
        new Table(
            "model",
            "engine",
            "reference",
            "rows",
            "top-1",
            "mean KL",
            "p99 KL",
            "max KL",
            "NMSE",
            "perplexity",
            "reference's",
            "greedy differs at",
            "passed");
    Function<Result, String> key =
        r ->
            r.text("model")
                + r.text("engine")
                + r.text("reference")
                + r.json().path("implementations");
    for (Result result : results.newest("accuracy", key)) {
      JsonNode json = result.json();
      table.row().text(result.text("model")).text(result.text("engine"));
      table.text(result.text("reference")).text(json.path("rows").asString());
      for (JsonNode value :
          List.of(
              json.path("topAgreement"),
              json.path("divergence").path("mean"),
              json.path("divergence").path("p99"),
              json.path("divergence").path("max"),
              json.path("nmse"),
              json.path("perplexity").path("value"),
              json.path("referencePerplexity").path("value"))) {
        double number = value.asDouble(Double.NaN);
        table.number(number, String.format(Locale.ROOT, "%.4g", number));
      }
      table
          .text(json.path("firstGreedyDifference").asString("never"))
          .text(json.path("passed").asBoolean() ? "yes" : "no");
    }
    return new Section(
        "accuracy",
        "Accuracy",
        "Teacher-forced over a text, KL in nats over the full vocabulary.",
        List.of(),
        List.of(table));
  }

  private Section evaluations() {
    Table table = new Table("model", "engine", "suite", "items", "right", "95 % interval");
    Function<Result, String> key = r -> r.text("model") + r.text("engine") + r.text("suite");
    for (Result result : results.newest("evaluate", key)) {
      JsonNode total = result.json().path("total");
      double share = total.path("share").asDouble();
      table
          .row()
          .text(result.text("model"))
          .text(result.text("engine"))
          .text(result.text("suite"))
          .text(total.path("items").asString())
          .number(share, fixed(share * 100, 1) + " %")
          .text(
              fixed(total.path("low").asDouble() * 100, 1)
                  + " to "
                  + fixed(total.path("high").asDouble() * 100, 1)
                  + " %");
    }
    return new Section("evaluations", "Scored questions", "", List.of(), List.of(table));
  }

  private Section gates() {
    Table table = new Table("date", "candidate", "verdict", "grade", "reasons");
    for (Result result : results.of("gate")) {
      table
          .row()
          .text(result.text("date"))
          .text(result.json().path("candidate").path("name").asString())
          .text(result.text("verdict"))
          .text(result.text("grade"))
          .text(texts(result.json().path("reasons")));
    }
    return new Section("gates", "Verdicts", "", List.of(), List.of(table));
  }

  private Section footprint() {
    Table table = new Table("what", "MB", "source");
    for (Result result : results.newest("footprint", Result::kind)) {
      for (JsonNode row : result.json().path("sizes")) {
        double bytes = row.path("bytes").asDouble();
        table
            .row()
            .text(row.path("what").asString())
            .number(bytes, fixed(bytes * 1e-6, 2))
            .text(row.path("source").asString());
      }
    }
    return new Section("footprint", "Footprint", "", List.of(), List.of(table));
  }

  private Section files() {
    Table table = new Table("file", "kind", "date", "commit", "driver", "command");
    for (Result result : results.all()) {
      table
          .row()
          .text(result.file())
          .text(result.kind())
          .text(result.text("date"))
          .text(result.text("commit"))
          .text(result.json().path("hardware").path("driver").asString(""))
          .text(result.text("command"));
    }
    return new Section("files", "Where these figures come from", "", List.of(), List.of(table));
  }
}
