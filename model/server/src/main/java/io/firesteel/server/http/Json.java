package io.firesteel.server.http;

import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON in and out. */
public final class Json {
  private static final int DEPTH = 100;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEPTH)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private Json() {}

  /** A new object. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** A new list. */
  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /**
   * Reads a text.
   *
   * @throws HttpError if it is not JSON, is nested too deeply or names a key twice
   */
  public static JsonNode read(byte[] utf8) {
    try {
      JsonNode node = MAPPER.readTree(utf8);
      if (node.isMissingNode()) {
        throw HttpError.of(HttpError.Kind.INVALID, "the body is empty, expected a JSON object");
      }
      return node;
    } catch (JacksonException e) {
      throw HttpError.of(HttpError.Kind.INVALID, "the body is not JSON: " + e.getOriginalMessage())
          .because(e);
    }
  }

  /** Writes a value on one line. */
  public static byte[] write(JsonNode node) {
    return MAPPER.writeValueAsBytes(node);
  }

  /** Writes a value on one line. */
  public static String text(JsonNode node) {
    return MAPPER.writeValueAsString(node);
  }

  /** The plain Java objects of an object's fields. */
  public static Map<String, Object> plain(JsonNode object) {
    return MAPPER.convertValue(object, new TypeReference<Map<String, Object>>() {});
  }

  /** Makes a value of plain Java objects. */
  public static JsonNode of(Object plain) {
    return MAPPER.valueToTree(plain);
  }
}
