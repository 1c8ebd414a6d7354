package io.firesteel.server.serving;

import io.firesteel.server.http.HttpError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeType;

/**
 * The fields of a JSON object in a request. Null counts as absent. Each way to read one refuses a
 * value of another type or out of its range, and names the field with its whole path.
 */
public final class Fields {
  private final JsonNode node;
  private final String path;
  private final Set<String> read = new HashSet<>();

  private Fields(JsonNode node, String path) {
    this.node = node;
    this.path = path;
  }

  /** The body of a request. */
  public static Fields of(JsonNode body) {
    return of(body, "");
  }

  /** An object within a request. */
  public static Fields of(JsonNode node, String path) {
    if (!node.isObject()) {
      throw HttpError.invalid(
          path.isEmpty() ? null : path,
          (path.isEmpty() ? "the body" : path) + " is " + kind(node) + ", expected an object");
    }
    return new Fields(node, path);
  }

  /** The whole path of a field. */
  public String path(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  /** The object itself. */
  public JsonNode json() {
    return node;
  }

  /** Whether there is a field that is not null. */
  public boolean has(String name) {
    return value(name).isPresent();
  }

  /** A field as it stands. */
  public Optional<JsonNode> value(String name) {
    read.add(name);
    JsonNode value = node.get(name);
    return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
  }

  private Optional<JsonNode> value(String name, JsonNodeType type) {
    Optional<JsonNode> value = value(name);
    if (value.isPresent() && value.get().getNodeType() != type) {
      String expected = type.name().toLowerCase(Locale.ROOT);
      throw wrong(name, kind(value.get()) + ", expected " + article(expected) + expected);
    }
    return value;
  }

  private static String article(String noun) {
    return "aeiou".indexOf(noun.charAt(0)) >= 0 ? "an " : "a ";
  }

  private static String kind(JsonNode value) {
    String type = value.getNodeType().name().toLowerCase(Locale.ROOT);
    return value.isNull() ? "null" : article(type) + type;
  }

  /** An error that says what a field is and what was expected. */
  public HttpError wrong(String name, String what) {
    return HttpError.invalid(path(name), path(name) + " is " + what);
  }

  /** A field that must be there. */
  public HttpError missing(String name) {
    return HttpError.invalid(path(name), path(name) + " is missing");
  }

  /** A text. */
  public Optional<String> string(String name) {
    return value(name, JsonNodeType.STRING).map(JsonNode::stringValue);
  }

  /** A text that must be there. */
  public String requiredString(String name) {
    return string(name).orElseThrow(() -> missing(name));
  }

  /** True or false. */
  public Optional<Boolean> bool(String name) {
    return value(name, JsonNodeType.BOOLEAN).map(JsonNode::booleanValue);
  }

  /** A whole number within a range. */
  public OptionalInt integer(String name, int least, int most) {
    Optional<JsonNode> value = value(name, JsonNodeType.NUMBER);
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    JsonNode number = value.get();
    boolean fits = number.isIntegralNumber() && number.canConvertToInt();
    if (!fits || number.intValue() < least || number.intValue() > most) {
      throw wrong(name, number + ", expected a whole number from " + least + " to " + most);
    }
    return OptionalInt.of(number.intValue());
  }

  /** A whole number of 64 bits. */
  public Optional<Long> longInteger(String name) {
    Optional<JsonNode> value = value(name, JsonNodeType.NUMBER);
    if (value.isPresent() && !value.get().canConvertToLong()) {
      throw wrong(name, value.get() + ", expected a whole number of 64 bits");
    }
    return value.map(JsonNode::longValue);
  }

  /** A number within a range. */
  public Optional<Float> number(String name, double least, double most) {
    Optional<JsonNode> value = value(name, JsonNodeType.NUMBER);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    double number = value.get().doubleValue();
    if (!(number >= least && number <= most)) {
      throw wrong(name, value.get() + ", expected a number from " + least + " to " + most);
    }
    return Optional.of((float) number);
  }

  /** An object. */
  public Optional<Fields> object(String name) {
    return value(name).map(value -> of(value, path(name)));
  }

  /** The items of a list; empty where it is absent. */
  public List<JsonNode> list(String name, int most) {
    Optional<JsonNode> value = value(name, JsonNodeType.ARRAY);
    List<JsonNode> items = new ArrayList<>();
    value.ifPresent(list -> list.forEach(items::add));
    if (items.size() > most) {
      throw wrong(name, "a list of " + items.size() + " items, expected at most " + most);
    }
    return items;
  }

  /** The items of a list of objects; empty where it is absent. */
  public List<Fields> objects(String name, int most) {
    List<JsonNode> items = list(name, most);
    List<Fields> objects = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      objects.add(of(items.get(i), path(name) + "[" + i + "]"));
    }
    return objects;
  }

  /** A text, or a list of texts; empty where it is absent. */
  public List<String> strings(String name, int most) {
    Optional<JsonNode> value = value(name);
    if (value.isEmpty()) {
      return List.of();
    }
    if (value.get().isString()) {
      return List.of(value.get().stringValue());
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode item : list(name, most)) {
      if (!item.isString()) {
        throw wrong(name, "a list with " + kind(item) + " in it, expected strings only");
      }
      texts.add(item.stringValue());
    }
    return texts;
  }

  /** Refuses a field that asks for what this server does not do. */
  public void refuse(String name, String reason) {
    Optional<JsonNode> value = value(name);
    boolean asksForNothing =
        value.isEmpty()
            || value.get().isBoolean() && !value.get().booleanValue()
            || value.get().isContainer() && value.get().isEmpty();
    if (!asksForNothing) {
      throw HttpError.invalid(path(name), path(name) + " is not supported: " + reason);
    }
  }

  /** Names of fields that nobody has read. */
  public List<String> unread() {
    return node.propertyNames().stream().filter(name -> !read.contains(name)).sorted().toList();
  }
}
