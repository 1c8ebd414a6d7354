package io.firesteel.bench.report;

import io.firesteel.bench.result.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The result files of a folder and the folders in it, oldest first.
 *
 * @param all each with the kind that its field {@code benchmark} names
 */
record Results(List<Result> all) {
  /**
   * One file.
   *
   * @param file relative to the folder
   * @param json its contents
   */
  record Result(String file, JsonNode json) {
    String kind() {
      return json.path("benchmark").asString("");
    }

    String text(String field) {
      return json.path(field).asString("");
    }
  }

  /**
   * Reads all files that end in {@code .json} and hold a result.
   *
   * @throws IOException if one cannot be read
   */
  static Results read(Path folder) throws IOException {
    List<Result> results = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        JsonNode json = Json.read(file);
        if (json.has("benchmark")) {
          results.add(new Result(folder.relativize(file).toString(), json));
        }
      }
    }
    results.sort(Comparator.comparing(result -> result.text("date")));
    return new Results(List.copyOf(results));
  }

  List<Result> of(String kind) {
    return all.stream().filter(result -> result.kind().equals(kind)).toList();
  }

  /** The newest of a kind for each key, in the order in which keys first appear. */
  List<Result> newest(String kind, Function<Result, String> key) {
    Map<String, Result> newest = new LinkedHashMap<>();
    of(kind).forEach(result -> newest.put(key.apply(result), result));
    return List.copyOf(newest.values());
  }
}
