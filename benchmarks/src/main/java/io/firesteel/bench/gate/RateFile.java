package io.firesteel.bench.gate;

import io.firesteel.bench.measure.Samples;
import io.firesteel.bench.result.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * What a result of {@code bench} says about decoding.
 *
 * @param name what to call it in messages
 * @param commit of the program that was measured
 * @param conditions what must be the same for rates to be comparable, by name
 * @param rates samples of each context
 */
public record RateFile(
    String name, String commit, Map<String, String> conditions, TreeMap<Integer, Samples> rates) {
  /**
   * Reads a file.
   *
   * @throws IOException if it is no result of {@code bench}
   */
  public static RateFile read(Path file) throws IOException {
    return of(file.toString(), Json.read(file));
  }

  /**
   * Takes what is needed from a result.
   *
   * @throws IOException if it is no result of {@code bench}
   */
  public static RateFile of(String name, JsonNode result) throws IOException {
    if (!result.path("benchmark").asString("").equals("bench") || !result.has("file")) {
      throw new IOException(name + " is no result of 'firesteel bench'; give one that it wrote");
    }
    TreeMap<Integer, Samples> rates = new TreeMap<>();
    for (JsonNode row : result.path("decode")) {
      double[] samples =
          row.path("samples").valueStream().mapToDouble(JsonNode::asDouble).toArray();
      if (samples.length == 0) {
        throw new IOException(name + " has no samples of context " + row.path("context"));
      }
      rates.put(row.path("context").asInt(), new Samples(samples));
    }
    if (rates.isEmpty()) {
      throw new IOException(name + " holds no decode rates; measure some with --context");
    }
    return new RateFile(name, result.path("commit").asString("unknown"), conditions(result), rates);
  }

  private static Map<String, String> conditions(JsonNode result) {
    Map<String, String> conditions = new LinkedHashMap<>();
    JsonNode settings = result.path("settings");
    conditions.put("device", result.path("hardware").path("name").asString(""));
    conditions.put("power limit", result.path("hardware").path("powerLimitWatts").asString(""));
    conditions.put("engine", result.path("engine").asString(""));
    conditions.put("model file", result.path("file").path("sha256").asString(""));
    conditions.put("format of keys and values", settings.path("kv").asString(""));
    conditions.put("threads", settings.path("threads").asString(""));
    conditions.put("way of filling the cache", settings.path("fill").asString(""));
    conditions.put("tokens of a run", result.path("decode").path(0).path("tokens").asString(""));
    return conditions;
  }
}
