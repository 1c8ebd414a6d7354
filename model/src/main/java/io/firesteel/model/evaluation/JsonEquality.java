package io.firesteel.model.evaluation;

import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** Equality of JSON values by meaning: 3 equals 3.0, and the order of keys does not count. */
final class JsonEquality {
  private JsonEquality() {}

  static boolean same(JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) {
      return a.decimalValue().compareTo(b.decimalValue()) == 0;
    }
    if (a.isArray() && b.isArray()) {
      return a.size() == b.size()
          && IntStream.range(0, a.size()).allMatch(i -> same(a.get(i), b.get(i)));
    }
    if (a.isObject() && b.isObject()) {
      return a.size() == b.size()
          && a.propertyStream()
              .allMatch(p -> b.has(p.getKey()) && same(p.getValue(), b.get(p.getKey())));
    }
    return a.equals(b);
  }
}
