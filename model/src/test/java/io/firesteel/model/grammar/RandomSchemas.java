package io.firesteel.model.grammar;

import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Satisfiable JSON schemas at random, of a size that can be chosen. */
public final class RandomSchemas {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final List<String> NAMES =
      List.of("name", "age", "city", "tags", "größe", "a/b", "x~y", "say \"hi\"", "id", "next");
  private static final List<String> PATTERNS =
      List.of("^[a-z]{2,5}$", "^(foo|bar)-\\d+$", "x", "^\\w+@\\w+\\.(com|org)$", "[A-Z][a-z]*$");

  private static final List<String> FORMATS =
      List.of(
          "date",
          "time",
          "date-time",
          "duration",
          "uuid",
          "ipv4",
          "ipv6",
          "hostname",
          "uri",
          "uri-reference",
          "json-pointer");

  private static final List<String> REFUSING =
      List.of(
          "{'type': 'string', 'not': {'enum': ['', 'a', 'abc']}}",
          "{'type': 'string', 'maxLength': 12, 'not': {'pattern': '[aeiou]'}}",
          "{'type': 'string', 'not': {'minLength': 4}}",
          "{'type': 'string', 'format': 'email', 'pattern': '[.](com|org)$'}",
          "{'type': 'integer', 'not': {'multipleOf': 3}}",
          "{'type': 'integer', 'minimum': -3, 'maximum': 9, 'not': {'enum': [0, 1, 5]}}",
          "{'type': 'number', 'not': {'anyOf': [{'minimum': 10}, {'const': 2.5}, {'maximum':"
              + " -7}]}}",
          "{'not': {'type': ['object', 'array', 'number']}}",
          "{'type': ['boolean', 'null', 'string'], 'not': {'enum': [true, 'x', null]}}",
          "{'enum': [1, 2.0, 3, 'a', [1, 2], {'a': 1}], 'not': {'type': 'integer'}}",
          "{'type': 'array', 'items': {'type': 'integer'}, 'not': {'minItems': 4}}",
          "{'type': 'array', 'items': {'type': 'boolean'}, 'not': {'contains': {'const': false}}}",
          "{'not': {'not': {'type': 'string', 'pattern': '^x+$'}}}");

  private static final List<String> TUPLES =
      List.of(
          "{'type': 'array', 'prefixItems': [{'type': 'integer'}, {'const': 'x'}], 'items': false}",
          "{'allOf': [{'type': 'array', 'prefixItems': [{'type': 'number', 'minimum': 0}]},"
              + " {'items': {'type': 'integer'}, 'maxItems': 5}]}",
          "{'type': 'array', 'prefixItems': [{'type': 'null'}, {'type': 'integer'}],"
              + " 'items': {'type': 'integer'}, 'contains': {'minimum': 5, 'type': 'integer'},"
              + " 'maxItems': 6}");

  private final SplittableRandom random;
  private final ObjectNode definitions = JSON.createObjectNode();

  private RandomSchemas(long seed) {
    random = new SplittableRandom(seed);
  }

  /**
   * A schema.
   *
   * @param size how many parts it has, about
   */
  public static JsonNode schema(long seed, int size) {
    RandomSchemas schemas = new RandomSchemas(seed);
    ObjectNode schema = schemas.object(Math.max(1, size));
    if (!schemas.definitions.isEmpty()) {
      schema.set("$defs", schemas.definitions);
    }
    return schema;
  }

  private ObjectNode any(int size) {
    if (size <= 1) {
      return scalar();
    }
    return switch (random.nextInt(14)) {
      case 0, 1, 2 -> object(size);
      case 3, 4 -> array(size);
      case 5 -> anyOf(size);
      case 6 -> reference(size);
      case 7 -> condition(size);
      case 8 -> patternProperties(size);
      case 9 -> contains(size);
      case 10 -> dependent(size);
      case 11 -> framed(size);
      default -> random.nextBoolean() ? oneOf(size) : allOf(size);
    };
  }

  private ObjectNode scalar() {
    return switch (random.nextInt(13)) {
      case 0 -> type("boolean");
      case 1 -> type("null");
      case 2 -> integer();
      case 3 -> number();
      case 4 -> constants();
      case 5 -> type("string").put("pattern", PATTERNS.get(random.nextInt(PATTERNS.size())));
      case 6 -> {
        int min = random.nextInt(4);
        yield type("string").put("minLength", min).put("maxLength", min + random.nextInt(9));
      }
      case 7 -> type("string").put("format", FORMATS.get(random.nextInt(FORMATS.size())));
      case 8 -> refusing();
      case 9 -> tuple();
      case 10 -> distinct();
      case 11 -> type("integer").put("minimum", random.nextInt(9)).put("multipleOf", 7);
      default -> type("string");
    };
  }

  private static ObjectNode type(String name) {
    return JSON.createObjectNode().put("type", name);
  }

  private ObjectNode integer() {
    ObjectNode schema = type("integer");
    int low = random.nextInt(-2000, 2000);
    if (random.nextBoolean()) {
      schema.put(random.nextBoolean() ? "minimum" : "exclusiveMinimum", low);
    }
    if (random.nextBoolean()) {
      schema.put(
          random.nextBoolean() ? "maximum" : "exclusiveMaximum", low + 12 + random.nextInt(500));
    }
    if (random.nextInt(4) == 0) {
      schema.put("multipleOf", 1 + random.nextInt(9));
    }
    return schema;
  }

  private ObjectNode number() {
    ObjectNode schema = type("number");
    double low = random.nextInt(-500, 500) / 8.0;
    if (random.nextBoolean()) {
      schema.put(random.nextBoolean() ? "minimum" : "exclusiveMinimum", low);
    }
    if (random.nextBoolean()) {
      schema.put(
          random.nextBoolean() ? "maximum" : "exclusiveMaximum", low + 0.25 + random.nextInt(9));
    }
    return schema;
  }

  private ObjectNode constants() {
    ObjectNode schema = JSON.createObjectNode();
    if (random.nextInt(3) == 0) {
      schema.set("const", JSON.readTree("{\"kind\": [1, \"zwei\", null]}"));
    } else {
      ArrayNode values = schema.putArray("enum");
      values.add("red").add("gr\"ün").add(7).add(-2.5).add(true);
      values.addNull();
    }
    return schema;
  }

  private ObjectNode object(int size) {
    ObjectNode schema = type("object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = schema.putArray("required");
    int count = 1 + random.nextInt(Math.min(size, NAMES.size()));
    int first = random.nextInt(NAMES.size());
    for (int i = 0; i < count; i++) {
      String name = NAMES.get((first + i) % NAMES.size());
      properties.set(name, any((size - 1) / count));
      if (random.nextInt(3) > 0) {
        required.add(name);
      }
    }
    switch (random.nextInt(5)) {
      case 0 -> schema.put("additionalProperties", false);
      case 1 -> schema.set("additionalProperties", scalar());
      case 2 -> schema.put("maxProperties", required.size() + random.nextInt(3));
      case 3 -> schema.put("minProperties", Math.min(count, required.size() + 1));
      default -> {}
    }
    return schema;
  }

  private ObjectNode array(int size) {
    ObjectNode schema = type("array");
    schema.set("items", any(size - 1));
    int min = random.nextInt(3);
    switch (random.nextInt(4)) {
      case 0 -> schema.put("minItems", min).put("maxItems", min + random.nextInt(4));
      case 1 -> schema.put("minItems", min);
      case 2 -> {
        schema.putArray("prefixItems").add(scalar()).add(scalar());
        schema.put("minItems", random.nextInt(3));
      }
      default -> {}
    }
    return schema;
  }

  private static ObjectNode read(String schema) {
    return (ObjectNode) JSON.readTree(schema.replace('\'', '"'));
  }

  private ObjectNode refusing() {
    return read(REFUSING.get(random.nextInt(REFUSING.size())));
  }

  private ObjectNode tuple() {
    return read(TUPLES.get(random.nextInt(TUPLES.size())));
  }

  private ObjectNode distinct() {
    ObjectNode schema = type("array").put("uniqueItems", true).put("minItems", random.nextInt(3));
    schema.putObject("items").putArray("enum").add("red").add(1).add(1.0).add(true).addNull();
    if (random.nextBoolean()) {
      schema.put("maxItems", 3);
    }
    return schema;
  }

  private ObjectNode contains(int size) {
    ObjectNode schema = type("array");
    schema.putObject("items").putArray("anyOf").add(any(size - 1)).add(type("integer"));
    schema.set("contains", type("integer").put("minimum", random.nextInt(5)));
    switch (random.nextInt(4)) {
      case 0 -> schema.put("minContains", 2).put("maxItems", 4);
      case 1 -> schema.put("minContains", 1).put("maxContains", 2);
      case 2 -> schema.put("minItems", 3);
      default -> {}
    }
    if (schema.has("maxContains")) {
      schema.set("items", type("integer"));
    }
    return schema;
  }

  private ObjectNode patternProperties(int size) {
    ObjectNode schema = type("object");
    schema.putObject("properties").set("x_known", any(size / 2));
    ObjectNode patterns = schema.putObject("patternProperties");
    patterns.set("^x_", JSON.createObjectNode());
    patterns.set("_n$", type("integer").put("minimum", 3));
    switch (random.nextInt(4)) {
      case 0 -> schema.put("additionalProperties", false);
      case 1 -> schema.set("additionalProperties", any(size / 2));
      case 2 -> schema.set("propertyNames", read("{'pattern': '^[a-z_]*$', 'maxLength': 12}"));
      default -> schema.putArray("required").add("x_n");
    }
    return schema;
  }

  private ObjectNode dependent(int size) {
    ObjectNode schema = type("object");
    ObjectNode properties = schema.putObject("properties");
    for (String name : List.of("card", "address", "note", "zip")) {
      properties.set(name, any(size / 4));
    }
    schema.putObject("dependentRequired").putArray("card").add("address").add("zip");
    if (random.nextBoolean()) {
      schema
          .putObject("dependentSchemas")
          .set("note", read("{'maxProperties': 3, 'properties': {'card': false}}"));
    }
    if (random.nextBoolean()) {
      schema.set("not", read("{'required': ['note', 'zip']}"));
    }
    if (random.nextBoolean()) {
      schema.put("additionalProperties", false);
    }
    return schema;
  }

  private ObjectNode condition(int size) {
    ObjectNode schema = type("object");
    ObjectNode properties = schema.putObject("properties");
    properties.set("kind", read("{'enum': ['a', 'b', 'c', 4]}"));
    properties.set("value", any(size / 2));
    properties.set("count", type("integer"));
    if (random.nextBoolean()) {
      schema.putArray("required").add("kind");
    }
    schema.set("if", read("{'properties': {'kind': {'enum': ['a', 4]}}}"));
    schema.set("then", read("{'required': ['value'], 'properties': {'count': {'minimum': 5}}}"));
    if (random.nextBoolean()) {
      schema.set("else", read("{'required': ['count'], 'properties': {'count': {'maximum': -1}}}"));
    }
    return schema;
  }

  /** One part says what the other's members may be. */
  private ObjectNode framed(int size) {
    ObjectNode schema = JSON.createObjectNode();
    ArrayNode parts = schema.putArray("allOf");
    ObjectNode frame = parts.addObject().put("type", "object");
    frame.putObject("properties").set("free", any(size / 2));
    frame.set("additionalProperties", read("{'type': ['integer', 'null'], 'multipleOf': 4}"));
    ObjectNode other = parts.addObject();
    other.putObject("properties").set("bound", read("{'multipleOf': 6, 'type': 'number'}"));
    other.putObject("patternProperties").set("^[a-c]+$", read("{'not': {'const': 8}}"));
    other.putArray("required").add("bound");
    return schema;
  }

  private ObjectNode anyOf(int size) {
    ObjectNode schema = JSON.createObjectNode();
    schema.putArray("anyOf").add(any(size / 2)).add(any(size / 2)).add(scalar());
    return schema;
  }

  private ObjectNode oneOf(int size) {
    ObjectNode schema = JSON.createObjectNode();
    ArrayNode branches = schema.putArray("oneOf");
    for (String kind : List.of("circle", "square")) {
      ObjectNode branch = type("object");
      ObjectNode properties = branch.putObject("properties");
      properties.putObject("kind").put("const", kind);
      properties.set("value", any(size / 2));
      branch.putArray("required").add("kind");
      branches.add(branch);
    }
    branches.add(type("integer"));
    return schema;
  }

  private ObjectNode allOf(int size) {
    ObjectNode schema = type("object");
    ArrayNode parts = schema.putArray("allOf");
    for (String name : List.of("left", "right")) {
      ObjectNode part = type("object");
      part.putObject("properties").set(name, any(size / 2));
      part.putArray("required").add(name);
      parts.add(part);
    }
    return schema;
  }

  /** A list that may go on and on. */
  private ObjectNode reference(int size) {
    String name = "Node" + definitions.size();
    ObjectNode node = definitions.putObject(name);
    node.setAll(type("object"));
    ObjectNode properties = node.putObject("properties");
    properties.putObject("next").put("$ref", "#/$defs/" + name);
    properties.set("value", any(size - 1));
    node.putArray("required").add("value");
    return JSON.createObjectNode().put("$ref", "#/$defs/" + name);
  }
}
