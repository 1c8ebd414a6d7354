package io.firesteel.model.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Between JSON and the plain Java objects that templates take: null, Boolean, Number, String, List
 * and Map.
 */
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private Json() {}

  static JsonNode parse(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JacksonException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  static String write(Object plain) {
    return MAPPER.writeValueAsString(plain);
  }

  /** The plain objects of a node, unmodifiable and in its order. */
  static Object plain(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> object(node);
      case ARRAY -> {
        List<Object> items = new ArrayList<>(node.size());
        node.forEach(item -> items.add(plain(item)));
        yield Collections.unmodifiableList(items);
      }
      case STRING -> node.stringValue();
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> node.numberValue();
      case NULL -> null;
      default -> throw new IllegalArgumentException("no JSON value but " + node.getNodeType());
    };
  }

  static SequencedMap<String, Object> object(JsonNode node) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("expected a JSON object, found " + node.getNodeType());
    }
    SequencedMap<String, Object> map = new LinkedHashMap<>();
    node.properties().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
    return Collections.unmodifiableSequencedMap(map);
  }

  /** A map's entries with strings as keys, in its order. */
  static SequencedMap<String, Object> object(Map<?, ?> map) {
    SequencedMap<String, Object> copy = new LinkedHashMap<>();
    map.forEach((key, value) -> copy.put((String) key, value));
    return Collections.unmodifiableSequencedMap(copy);
  }
}
