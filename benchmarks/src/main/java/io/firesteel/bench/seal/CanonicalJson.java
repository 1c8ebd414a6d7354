package io.firesteel.bench.seal;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One form for all ways in which the same JSON can be written: no blanks, keys sorted by their
 * UTF-16 units, strings with the fewest escapes, numbers as decimals without trailing zeros. After
 * RFC 8785, but for the numbers.
 */
public final class CanonicalJson {
  private CanonicalJson() {}

  /** The bytes of a value in UTF-8. */
  public static byte[] bytes(JsonNode value) {
    StringBuilder text = new StringBuilder();
    write(value, text);
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(JsonNode value, StringBuilder text) {
    if (value.isObject()) {
      TreeMap<String, JsonNode> sorted = new TreeMap<>();
      value.propertyStream().forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
      String separator = "{";
      for (var entry : sorted.entrySet()) {
        text.append(separator).append(quoted(entry.getKey())).append(':');
        write(entry.getValue(), text);
        separator = ",";
      }
      text.append(sorted.isEmpty() ? "{}" : "}");
    } else if (value.isArray()) {
      String separator = "[";
      for (JsonNode element : value) {
        text.append(separator);
        write(element, text);
        separator = ",";
      }
      text.append(value.isEmpty() ? "[]" : "]");
    } else if (value.isNumber() && !isFinite(value)) {
      text.append(quoted(value.asString()));
    } else if (value.isNumber()) {
      text.append(number(value.decimalValue()));
    } else if (value.isString()) {
      text.append(quoted(value.asString()));
    } else {
      text.append(value);
    }
  }

  private static boolean isFinite(JsonNode number) {
    return !number.isFloatingPointNumber() || Double.isFinite(number.doubleValue());
  }

  private static String number(BigDecimal value) {
    return value.signum() == 0 ? "0" : value.stripTrailingZeros().toString();
  }

  private static String quoted(String text) {
    return JsonMapper.shared().writeValueAsString(text);
  }
}
