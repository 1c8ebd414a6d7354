package io.firesteel.bench.cli;

import java.io.PrintStream;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Prints the result of {@code bench} for people. */
record RateTable(PrintStream out) {
  void print(JsonNode result) {
    out.printf(
        Locale.ROOT,
        "%s, engine %s on %s%n",
        result.path("model").asString(),
        result.path("engine").asString(),
        result.path("hardware").path("name").asString());
    out.printf(
        Locale.ROOT,
        "loaded in %.2f s, %.2f GB held%s%n",
        result.path("loadSeconds").asDouble(),
        result.path("memoryBytes").asDouble() * 1e-9,
        result.has("readCeilingBytesPerSecond")
            ? String.format(
                Locale.ROOT,
                ", memory reads at most %.1f GB/s",
                result.path("readCeilingBytesPerSecond").asDouble() * 1e-9)
            : "");
    for (JsonNode row : result.path("decode")) {
      rate("decode " + after(row), row);
    }
    for (JsonNode row : result.path("sampled")) {
      rate("sampled " + after(row), row);
    }
    for (JsonNode row : result.path("batch")) {
      rate(row.path("batch").asInt() + " sessions " + after(row), row);
    }
    for (JsonNode row : result.path("prefill")) {
      rate("prefill " + row.path("tokens").asInt(), row);
    }
    result.path("peers").forEach(this::printPeer);
  }

  private static String after(JsonNode row) {
    return row.path("tokens").asInt() + " after " + row.path("context").asInt();
  }

  private void rate(String what, JsonNode row) {
    StringBuilder rest = new StringBuilder();
    if (row.has("shareOfCeiling")) {
      rest.append(
          String.format(
              Locale.ROOT, "  %5.1f %% of ceiling", row.path("shareOfCeiling").asDouble() * 100));
    }
    if (row.has("timeToFirstTokenSeconds")) {
      rest.append(
          String.format(
              Locale.ROOT,
              "  first token %.1f ms",
              row.path("timeToFirstTokenSeconds").asDouble() * 1e3));
    }
    if (row.has("watts")) {
      rest.append(
          String.format(
              Locale.ROOT,
              "  %.0f W  %.3f J/token",
              row.path("watts").asDouble(),
              row.path("joulesPerToken").asDouble()));
    }
    if (row.path("throttling").size() > 0) {
      rest.append("  throttled: ").append(row.path("throttling"));
    }
    out.printf(
        Locale.ROOT,
        "%-26s %9.1f tok/s  ± %4.1f %%%s%n",
        what,
        row.path("tokensPerSecond").asDouble(),
        row.path("spread").asDouble() * 100,
        rest);
  }

  private void printPeer(JsonNode peer) {
    out.printf(Locale.ROOT, "%s%n", peer.path("name").asString());
    for (JsonNode row : peer.path("decode")) {
      ratio("decode after " + row.path("context").asInt(), row);
    }
    for (JsonNode row : peer.path("prefill")) {
      ratio("prefill " + row.path("tokens").asInt(), row);
    }
  }

  private void ratio(String what, JsonNode row) {
    out.printf(
        Locale.ROOT,
        "  %-24s %9.1f tok/s  ± %4.1f %%  ours is %.2f times that%n",
        what,
        row.path("tokensPerSecond").asDouble(),
        row.path("spread").asDouble() * 100,
        row.path("ratio").asDouble());
  }
}
