package io.firesteel.model.grammar;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Says keywords that are conditions with {@code anyOf} and {@code not}, in place. */
final class Desugaring {
  private static final List<String> IN_PLACE = List.of("allOf", "anyOf", "oneOf", "$ref", "if");

  private final ObjectNode schema;
  private final String place;

  private Desugaring(ObjectNode schema, String place) {
    this.schema = schema;
    this.place = place;
  }

  static void apply(ObjectNode schema, String place) {
    Desugaring desugaring = new Desugaring(schema, place);
    desugaring.unevaluated("unevaluatedProperties", "additionalProperties");
    desugaring.unevaluated("unevaluatedItems", "items");
    desugaring.condition();
    desugaring.dependencies();
  }

  /** Without parts that look at the same value, what was not looked at is what is not listed. */
  private void unevaluated(String keyword, String same) {
    JsonNode value = schema.path(keyword);
    if (value.isMissingNode()) {
      return;
    }
    if (schema.has(same)) {
      schema.remove(keyword);
      return;
    }
    boolean alone = IN_PLACE.stream().noneMatch(schema::has) && !schema.has("contains");
    if (alone) {
      schema.set(same, schema.remove(keyword));
      return;
    }
    boolean closes = value.isBoolean() && !value.booleanValue();
    if (!closes || keyword.equals("unevaluatedItems")) {
      throw new GrammarException(
          place + "/" + keyword, "is not supported beside other parts: say " + same + " in them");
    }
  }

  private void condition() {
    JsonNode condition = schema.remove("if");
    JsonNode then = schema.remove("then");
    JsonNode otherwise = schema.remove("else");
    if (condition == null || then == null && otherwise == null) {
      return;
    }
    ObjectNode choice = JsonMapper.shared().createObjectNode();
    ArrayNode branches = choice.putArray("anyOf");
    both(branches, condition, then);
    ObjectNode opposite = JsonMapper.shared().createObjectNode();
    opposite.set("not", condition);
    both(branches, opposite, otherwise);
    add(choice);
  }

  private static void both(ArrayNode branches, JsonNode condition, JsonNode consequence) {
    if (consequence == null) {
      branches.add(condition);
    } else {
      branches.addObject().putArray("allOf").add(condition).add(consequence);
    }
  }

  private void dependencies() {
    for (String keyword : List.of("dependentRequired", "dependentSchemas", "dependencies")) {
      JsonNode dependencies = schema.remove(keyword);
      if (dependencies == null) {
        continue;
      }
      if (!dependencies.isObject()) {
        throw new GrammarException(place + "/" + keyword, "expected an object");
      }
      for (Map.Entry<String, JsonNode> entry : dependencies.properties()) {
        dependency(entry.getKey(), entry.getValue());
      }
    }
  }

  /** Either the property is not there, or it is and so is what it asks for. */
  private void dependency(String name, JsonNode asks) {
    ObjectNode choice = JsonMapper.shared().createObjectNode();
    ArrayNode branches = choice.putArray("anyOf");
    ObjectNode with = branches.addObject().put("type", "object");
    ArrayNode required = with.putArray("required").add(name);
    if (asks.isArray()) {
      asks.forEach(required::add);
    } else {
      with.putArray("allOf").add(asks);
    }
    branches.addObject().put("type", "object").putObject("properties").put(name, false);
    JsonNode type = schema.path("type");
    if (type.isArray()) {
      ArrayNode others = branches.addObject().putArray("type");
      type.valueStream().filter(t -> !t.asString().equals("object")).forEach(others::add);
    }
    add(choice);
  }

  private void add(JsonNode part) {
    JsonNode present = schema.path("allOf");
    ArrayNode parts = JsonMapper.shared().createArrayNode();
    present.forEach(parts::add);
    schema.set("allOf", parts.add(part));
  }
}
