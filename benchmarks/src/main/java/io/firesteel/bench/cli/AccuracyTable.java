package io.firesteel.bench.cli;

import java.io.PrintStream;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Prints the result of {@code accuracy} for people. */
record AccuracyTable(PrintStream out) {
  void print(JsonNode result) {
    out.printf(
        Locale.ROOT,
        "%s: engine %s against %s, %d rows%n",
        result.path("model").asString(),
        result.path("engine").asString(),
        result.path("reference").asString(),
        result.path("rows").asInt());
    figures(result);
    if (result.has("firstGreedyDifference")) {
      out.printf(
          Locale.ROOT,
          "greedy decoding          %s%n",
          result.path("firstGreedyDifference").isNull()
              ? "the same for " + result.path("greedyTokens").asInt() + " tokens"
              : "first differs at token " + result.path("firstGreedyDifference").asInt());
    }
    for (JsonNode probe : result.path("probes")) {
      out.printf(
          Locale.ROOT,
          "context of %d: fact %s (reference: %s)%n",
          probe.path("context").asInt(),
          recall(probe.path("needleRecalled")),
          recall(probe.path("needleRecalledByReference")));
      figures(probe);
    }
    result.path("violations").forEach(line -> out.println("FAILED " + line.asString()));
  }

  private static String recall(JsonNode recalled) {
    return recalled.asBoolean() ? "recalled" : "not recalled";
  }

  private void figures(JsonNode node) {
    out.printf(
        Locale.ROOT,
        "top-1 agreement          %.4f%n"
            + "KL divergence            mean %.3g, 99th percentile %.3g, largest %.3g%n"
            + "NMSE                     %s%n"
            + "perplexity               %.4f +/- %.4f, reference %.4f +/- %.4f%n",
        node.path("topAgreement").asDouble(),
        node.path("divergence").path("mean").asDouble(),
        node.path("divergence").path("p99").asDouble(),
        node.path("divergence").path("max").asDouble(),
        node.has("nmse")
            ? String.format(Locale.ROOT, "%.3g", node.path("nmse").asDouble())
            : "not known of a rounded reference",
        node.path("perplexity").path("value").asDouble(),
        node.path("perplexity").path("error").asDouble(),
        node.path("referencePerplexity").path("value").asDouble(),
        node.path("referencePerplexity").path("error").asDouble());
  }
}
