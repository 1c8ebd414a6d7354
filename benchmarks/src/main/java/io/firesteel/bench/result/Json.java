package io.firesteel.bench.result;

import io.firesteel.bench.measure.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalDouble;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Reading and writing of result files. */
public final class Json {
  private Json() {}

  /** An empty object. */
  public static ObjectNode object() {
    return JsonMapper.shared().createObjectNode();
  }

  /** Adds a value if there is one. */
  public static void put(ObjectNode node, String name, OptionalDouble value) {
    value.ifPresent(v -> node.put(name, v));
  }

  /** Adds an array. */
  public static void put(ObjectNode node, String name, double... values) {
    ArrayNode array = node.putArray(name);
    Arrays.stream(values).forEach(array::add);
  }

  /** Adds a rate with its spread and samples. */
  public static void putRate(ObjectNode node, Samples rates) {
    node.put("tokensPerSecond", rates.median());
    node.put("spread", rates.spread());
    put(node, "samples", rates.values());
  }

  /** Text for people and for files. */
  public static String text(JsonNode node) {
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(node);
  }

  /** Writes a file whose folder is made where it is missing. */
  public static void write(Path file, JsonNode node) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Files.writeString(file, text(node) + "\n");
  }

  /**
   * Reads a file that holds one object.
   *
   * @throws IOException if it cannot be read or holds anything else; says so in one sentence
   */
  public static ObjectNode read(Path file) throws IOException {
    try {
      if (JsonMapper.shared().readTree(Files.readString(file)) instanceof ObjectNode object) {
        return object;
      }
    } catch (JacksonException e) {
      throw new IOException(file + " is not JSON: " + e.getOriginalMessage(), e);
    }
    throw new IOException(file + " holds no JSON object; give a file that a command wrote");
  }
}
