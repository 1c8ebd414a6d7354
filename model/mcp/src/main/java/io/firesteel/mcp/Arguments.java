package io.firesteel.mcp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The arguments of a call.
 *
 * @param values as they came, plain Java values
 */
public record Arguments(Map<String, Object> values) {
  Optional<String> text(String name) throws ToolException {
    Object value = values.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof String text) {
      return Optional.of(text);
    }
    throw wrong(name, value, "a string");
  }

  String requiredText(String name) throws ToolException {
    return text(name)
        .orElseThrow(() -> new ToolException("the argument '" + name + "' is missing"));
  }

  int number(String name, int least, int most, int otherwise) throws ToolException {
    Object value = values.get(name);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Number number
        && number.doubleValue() == number.intValue()
        && number.intValue() >= least
        && number.intValue() <= most) {
      return number.intValue();
    }
    throw wrong(name, value, "a whole number from " + least + " to " + most);
  }

  List<String> texts(String name) throws ToolException {
    Object value = values.get(name);
    List<String> texts = new ArrayList<>();
    if (value == null) {
      return texts;
    }
    if (!(value instanceof List<?> items)) {
      throw wrong(name, value, "a list of strings");
    }
    for (Object item : items) {
      if (!(item instanceof String text)) {
        throw wrong(name, item, "strings only");
      }
      texts.add(text);
    }
    return texts;
  }

  private static ToolException wrong(String name, Object value, String expected) {
    return new ToolException("the argument '" + name + "' is " + value + ", expected " + expected);
  }
}
