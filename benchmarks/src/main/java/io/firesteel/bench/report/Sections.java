package io.firesteel.bench.report;

import io.firesteel.bench.chart.Chart;
import io.firesteel.bench.chart.Chart.Kind;
import io.firesteel.bench.chart.Chart.Series;
import io.firesteel.bench.report.Results.Result;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Makes the parts of the page from results. */
record Sections(Results results) {
  /** All parts that have something to show. */
  List<Section> all() {
    List<Section> sections = new ArrayList<>();
    RateSections rates = new RateSections(results);
    for (String group : rates.groups()) {
      sections.addAll(rates.of(group));
    }
    sections.add(new OpSection(results).section());
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
          .number(javaMicros, Html.fixed(javaMicros, 2))
          .number(ptxMicros, Html.fixed(ptxMicros, 2))
          .number(javaMicros / ptxMicros, Html.fixed(javaMicros / ptxMicros, 2))
          .number(share, Html.fixed(share, 1) + " %");
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
        Section.id("forms", group),
        "Java against PTX: " + group,
        "Time of each op of a token in both forms, in a task graph of its own; the share of the"
            + " read ceiling is the faster form's.",
        List.of(chart),
        List.of(table));
  }

  private static double[] doubles(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Rates at the shortest context of each commit, for each engine. */
  private Section history() {
    List<Chart> charts = new ArrayList<>();
    RateSections rates = new RateSections(results);
    for (String group : rates.groups()) {
      List<Result> runs = rates.benches(group);
      List<String> commits = runs.stream().map(result -> result.text("commit")).distinct().toList();
      if (commits.size() < 2) {
        continue;
      }
      Map<String, double[]> series = new LinkedHashMap<>();
      for (Result result : runs) {
        double[] values =
            series.computeIfAbsent(
                RateSections.who(result),
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
          .number(share, Html.fixed(share * 100, 1) + " %")
          .text(
              Html.fixed(total.path("low").asDouble() * 100, 1)
                  + " to "
                  + Html.fixed(total.path("high").asDouble() * 100, 1)
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
          .text(Html.texts(result.json().path("reasons")));
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
            .number(bytes, Html.fixed(bytes * 1e-6, 2))
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
