package io.firesteel.bench.cli;

import java.io.PrintStream;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Prints the result of {@code bench ops} for people. */
record OpPrinter(PrintStream out) {
  void print(JsonNode result) {
    out.printf(
        Locale.ROOT,
        "%-11s %-14s %-6s %-14s %4s %7s %11s %7s %9s %8s  %s%n",
        "op",
        "implementation",
        "type",
        "shape",
        "rows",
        "context",
        "µs",
        "± %",
        "GB/s",
        "ceiling",
        "NMSE");
    for (JsonNode row : result.path("ops")) {
      out.printf(
          Locale.ROOT,
          "%-11s %-14s %-6s %-14s %4d %7d %11.2f %7.1f %9.2f %8s  %s%n",
          row.path("op").asString(),
          row.path("implementation").asString(),
          row.path("type").asString(),
          row.path("shape").asString(),
          row.path("rows").asInt(),
          row.path("context").asInt(),
          row.path("microseconds").asDouble(),
          row.path("spread").asDouble() * 100,
          row.path("gigabytesPerSecond").asDouble(),
          share(row),
          row.has("nmse") ? String.format(Locale.ROOT, "%.1e", row.path("nmse").asDouble()) : "-");
    }
    for (JsonNode row : result.path("failures")) {
      out.printf(
          "failed: %s of %s (%s, %s): %s%n",
          row.path("op").asString(),
          row.path("implementation").asString(),
          row.path("type").asString(),
          row.path("shape").asString(),
          row.path("reason").asString());
    }
    out.println();
    for (JsonNode implementation : result.path("implementations")) {
      out.printf(
          "%s: µs by %s%n",
          implementation.path("name").asString(), implementation.path("timing").asString());
    }
  }

  private static String share(JsonNode row) {
    return row.has("shareOfCeiling")
        ? String.format(Locale.ROOT, "%.1f %%", row.path("shareOfCeiling").asDouble() * 100)
        : "-";
  }
}
