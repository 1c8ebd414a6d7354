package io.firesteel.bench.suite;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files of one JSON object a line, also compressed by gzip. */
final class JsonLines {
  private JsonLines() {}

  /**
   * Reads a file, or where it is missing the one with {@code .gz} behind its name.
   *
   * @param fields what each object must have
   * @throws IOException naming the line that is no such object
   */
  static List<JsonNode> read(Path file, String... fields) throws IOException {
    List<JsonNode> nodes = new ArrayList<>();
    int number = 0;
    for (String line : lines(file)) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        JsonNode node = JsonMapper.shared().readTree(line);
        for (String field : fields) {
          if (!node.has(field)) {
            throw new IOException("%s, line %d has no field %s".formatted(file, number, field));
          }
        }
        nodes.add(node);
      } catch (JacksonException e) {
        throw new IOException(
            "%s, line %d is no JSON object: %s".formatted(file, number, e.getOriginalMessage()), e);
      }
    }
    if (nodes.isEmpty()) {
      throw new IOException(file + " holds no items; give a file with one a line");
    }
    return nodes;
  }

  private static List<String> lines(Path file) throws IOException {
    Path packed = file.resolveSibling(file.getFileName() + ".gz");
    if (Files.exists(file) || !Files.exists(packed)) {
      return Files.readAllLines(file);
    }
    try (InputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** A conversation of one question. */
  static JsonNode question(String text) {
    return JsonMapper.shared()
        .createArrayNode()
        .add(JsonMapper.shared().createObjectNode().put("role", "user").put("content", text));
  }

  /** No tools. */
  static JsonNode none() {
    return JsonMapper.shared().createArrayNode();
  }
}
