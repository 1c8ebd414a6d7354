package io.firesteel.bench.report;

import io.firesteel.bench.chart.Chart;
import io.firesteel.bench.chart.Chart.Kind;
import io.firesteel.bench.chart.Chart.Series;
import io.firesteel.bench.report.Results.Result;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Rates of whole models, by model and device: only what is of the same is shown together. */
record RateSections(Results results) {
  private static final String HAND_WRITTEN = "ptx";
  private static final String COMPILED = "tornado";

  /** Rates of one engine or program by size. */
  private record Column(String who, boolean isPeer, TreeMap<Integer, Shown> rates) {
    double rate(int size) {
      return rates.containsKey(size)
          ? rates.get(size).row().path("tokensPerSecond").asDouble()
          : Double.NaN;
    }
  }

  private record Shown(String commit, JsonNode row) {}

  /** Models and devices. */
  Set<String> groups() {
    return results.of("bench").stream()
        .map(RateSections::group)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private static String group(Result result) {
    return result.text("model")
        + " on "
        + result.json().path("hardware").path("name").asString("unknown device");
  }

  /** The results of a group, the oldest first. */
  List<Result> benches(String group) {
    return results.of("bench").stream().filter(result -> group(result).equals(group)).toList();
  }

  /** What there is to show of a group. */
  List<Section> of(String group) {
    return List.of(decode(group), prefill(group), batches(group), repeats(group), energy(group));
  }

  private Section decode(String group) {
    return sized(
        Section.id("decode", group),
        "Decoding against context: " + group,
        "Tokens a second of one session while the cache holds that many positions: median, and half"
            + " the range of all samples. The ceiling is what the device's read rate, measured in"
            + " the same run, would allow.",
        "context",
        columns(group, "decode", "context"));
  }

  private Section prefill(String group) {
    return sized(
        Section.id("prefill", group),
        "Prompts: " + group,
        "Tokens a second of a prompt up to the first token of the answer.",
        "tokens",
        columns(group, "prefill", "tokens"));
  }

  private Section batches(String group) {
    return sized(
        Section.id("batch", group),
        "Sessions together: " + group,
        "Tokens a second of all sessions that decode at once.",
        "sessions",
        columns(group, "batch", "batch"));
  }

  /** The engine, and what tells one of its configurations from another. */
  static String who(Result result) {
    String engine = result.text("engine");
    JsonNode choices = result.json().path("implementations");
    if (engine.equals(COMPILED) && choices.isObject()) {
      return engine + ", " + forms(choices);
    }
    String device = result.text("device");
    int detail = device.indexOf(';');
    return engine + (detail < 0 ? "" : "," + device.substring(detail + 1));
  }

  private static String forms(JsonNode choices) {
    Set<String> forms =
        choices
            .valueStream()
            .map(JsonNode::asString)
            .collect(Collectors.toCollection(TreeSet::new));
    return switch (forms.size()) {
      case 0 -> "default";
      case 1 -> "all " + forms.iterator().next();
      default -> "chosen per op";
    };
  }

  /**
   * Rates by who reached them and size, for engines and then other programs: of each size the
   * newest commit's. A commit's first result stands, as what it is compared with was measured
   * beside it; later ones are repetitions.
   */
  private List<Column> columns(String group, String array, String size) {
    Map<String, Column> columns = new LinkedHashMap<>();
    for (Result result : benches(group)) {
      Column column = new Column(who(result), false, new TreeMap<>());
      add(columns, column, result, result.json().path(array), size);
    }
    for (Result result : benches(group)) {
      for (JsonNode peer : result.json().path("peers")) {
        Column column = new Column(peer.path("name").asString(), true, new TreeMap<>());
        add(columns, column, result, peer.path(array), size);
      }
    }
    return List.copyOf(columns.values());
  }

  private static void add(
      Map<String, Column> columns, Column empty, Result result, JsonNode rows, String size) {
    String commit = result.text("commit");
    for (JsonNode row : rows) {
      TreeMap<Integer, Shown> rates = columns.computeIfAbsent(empty.who(), _ -> empty).rates();
      rates.merge(
          row.path(size).asInt(),
          new Shown(commit, row),
          (known, other) -> known.commit().equals(commit) ? known : other);
    }
  }

  private static Section sized(
      String id, String title, String text, String head, List<Column> columns) {
    Set<Integer> sizes = new TreeSet<>();
    columns.forEach(column -> sizes.addAll(column.rates().keySet()));
    Table table = new Table(heads(head, columns));
    for (int size : sizes) {
      table.row().text(Integer.toString(size));
      columns.forEach(column -> table.number(column.rate(size), cell(column.rates().get(size))));
    }
    List<Table> tables = new ArrayList<>(List.of(table));
    references(columns).forEach(column -> tables.add(relative(head, sizes, columns, column)));
    return new Section(id, title, text, charts(title, sizes, columns), tables);
  }

  private static List<String> heads(String first, List<Column> columns) {
    return Stream.concat(Stream.of(first), columns.stream().map(Column::who)).toList();
  }

  private static List<Chart> charts(String title, Set<Integer> sizes, List<Column> columns) {
    if (columns.isEmpty()) {
      return List.of();
    }
    List<Series> series =
        columns.stream()
            .map(c -> new Series(c.who(), sizes.stream().mapToDouble(c::rate).toArray()))
            .toList();
    List<String> places = sizes.stream().map(RateSections::size).toList();
    return List.of(new Chart(title, "tok/s", Kind.LINES, places, series));
  }

  /** Other programs, and the engine of hand-written kernels. */
  private static List<Column> references(List<Column> columns) {
    return columns.size() < 2
        ? List.of()
        : columns.stream().filter(c -> c.isPeer() || c.who().equals(HAND_WRITTEN)).toList();
  }

  private static Table relative(
      String head, Set<Integer> sizes, List<Column> columns, Column reference) {
    List<Column> others =
        columns.stream().filter(column -> !column.who().equals(reference.who())).toList();
    Table table = new Table(heads(head + ", relative to " + reference.who(), others));
    for (int size : sizes) {
      if (reference.rates().containsKey(size)) {
        table.row().text(Integer.toString(size));
        for (Column column : others) {
          double ratio = column.rate(size) / reference.rate(size);
          table.number(ratio, Html.fixed(ratio, 2) + " ×");
        }
      }
    }
    return table;
  }

  private static String cell(Shown shown) {
    if (shown == null) {
      return "";
    }
    JsonNode row = shown.row();
    String share =
        row.has("shareOfCeiling")
            ? " (" + Html.fixed(row.path("shareOfCeiling").asDouble() * 100, 0) + " % of ceiling)"
            : "";
    return String.format(
        Locale.ROOT,
        "%.1f ± %.1f %%%s",
        row.path("tokensPerSecond").asDouble(),
        row.path("spread").asDouble() * 100,
        share);
  }

  private static String size(int size) {
    return size >= 1024 && size % 1024 == 0 ? size / 1024 + "k" : Integer.toString(size);
  }

  /** What was measured alike, by commit. */
  private record Alike(String who, String commit, String file, String kv, int context) {}

  /** How far rates of runs of their own are apart. */
  private Section repeats(String group) {
    Map<Alike, List<Double>> runs = new LinkedHashMap<>();
    for (Result result : benches(group)) {
      JsonNode json = result.json();
      for (JsonNode row : json.path("decode")) {
        Alike alike =
            new Alike(
                who(result),
                result.text("commit"),
                json.path("file").path("sha256").asString(""),
                json.path("settings").path("kv").asString(""),
                row.path("context").asInt());
        runs.computeIfAbsent(alike, _ -> new ArrayList<>())
            .add(row.path("tokensPerSecond").asDouble());
      }
    }
    Table table = new Table("engine", "commit", "context", "runs", "tok/s of each", "apart");
    runs.forEach((alike, rates) -> repeated(table, alike, rates));
    return new Section(
        Section.id("repeats", group),
        "Repeated runs: " + group,
        "The same decoding in processes of their own: how far the largest median is above the"
            + " smallest.",
        List.of(),
        List.of(table));
  }

  private static void repeated(Table table, Alike alike, List<Double> rates) {
    if (rates.size() < 2) {
      return;
    }
    double least = rates.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    double most = rates.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    double apart = most / least - 1;
    table
        .row()
        .text(alike.who())
        .text(alike.commit())
        .text(Integer.toString(alike.context()))
        .text(Integer.toString(rates.size()))
        .text(rates.stream().map(rate -> Html.fixed(rate, 1)).collect(Collectors.joining(", ")))
        .number(apart, Html.fixed(apart * 100, 1) + " %");
  }

  private Section energy(String group) {
    Table table = new Table("engine", "context", "W", "J/token", "clock MHz", "throttling");
    for (Column column : columns(group, "decode", "context")) {
      if (!column.isPeer()) {
        column.rates().values().forEach(shown -> energy(table, column.who(), shown.row()));
      }
    }
    return new Section(
        Section.id("energy", group), "Energy: " + group, "", List.of(), List.of(table));
  }

  private static void energy(Table table, String who, JsonNode row) {
    if (row.has("joulesPerToken")) {
      double watts = row.path("watts").asDouble();
      double joules = row.path("joulesPerToken").asDouble();
      table
          .row()
          .text(who)
          .text(Integer.toString(row.path("context").asInt()))
          .number(watts, Html.fixed(watts, 0))
          .number(joules, Html.fixed(joules, 3))
          .text(clock(row.path("clockMhz")))
          .text(Html.texts(row.path("throttling")));
    }
  }

  private static String clock(JsonNode range) {
    return range.isMissingNode()
        ? "–"
        : range.path("least").asInt() + " to " + range.path("most").asInt();
  }
}
