package io.firesteel.model.tool;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON schemas of Java types: of records, whose components are all required but for {@link
 * Optional} ones, enums, strings, numbers, booleans, dates, UUIDs, and collections, arrays, maps
 * and {@link Optional}s of such. {@link Description} is taken over.
 */
public final class JsonSchemas {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Map<Class<?>, String[]> SIMPLE = new HashMap<>();

  static {
    add("integer", "int32", int.class, Integer.class);
    add("integer", null, long.class, Long.class, BigInteger.class);
    add("integer", "int16", short.class, Short.class);
    add("integer", "int8", byte.class, Byte.class);
    add("number", null, double.class, Double.class, float.class, Float.class, BigDecimal.class);
    add("boolean", null, boolean.class, Boolean.class);
    add("string", null, String.class, CharSequence.class);
    add("string", "date", LocalDate.class);
    add("string", "date-time", Instant.class);
    add("string", "uuid", UUID.class);
  }

  private final ObjectNode definitions = JSON.createObjectNode();
  private final Type root;

  private JsonSchemas(Type root) {
    this.root = root;
  }

  private static void add(String type, String format, Class<?>... classes) {
    for (Class<?> each : classes) {
      SIMPLE.put(each, new String[] {type, format});
    }
  }

  /**
   * The schema of a type.
   *
   * @throws IllegalArgumentException if a type in it has none; the message names it
   */
  public static JsonNode of(Type type) {
    JsonSchemas schemas = new JsonSchemas(type);
    ObjectNode schema =
        type instanceof Class<?> record && record.isRecord()
            ? schemas.record(record)
            : schemas.schema(type);
    return schemas.complete(schema);
  }

  /** The schema of the object of a method's arguments. */
  static JsonNode ofParameters(Parameter... parameters) {
    JsonSchemas schemas = new JsonSchemas(null);
    ObjectNode object = JSON.createObjectNode().put("type", "object");
    ObjectNode properties = object.putObject("properties");
    ArrayNode required = object.putArray("required");
    for (Parameter parameter : parameters) {
      schemas.property(
          properties, required, parameter.getName(), parameter.getParameterizedType(), parameter);
    }
    return schemas.complete(object);
  }

  private ObjectNode complete(ObjectNode schema) {
    if (!definitions.isEmpty()) {
      schema.set("$defs", definitions);
    }
    return schema;
  }

  private ObjectNode schema(Type type) {
    return switch (type) {
      case Class<?> plain -> ofClass(plain);
      case ParameterizedType generic -> ofGeneric(generic);
      case GenericArrayType array -> list(array.getGenericComponentType());
      default -> throw unknown(type);
    };
  }

  private ObjectNode ofClass(Class<?> type) {
    String[] simple = SIMPLE.get(type);
    if (simple != null) {
      ObjectNode schema = JSON.createObjectNode().put("type", simple[0]);
      return simple[1] == null ? schema : schema.put("format", simple[1]);
    }
    if (type.isEnum()) {
      ObjectNode schema = JSON.createObjectNode().put("type", "string");
      ArrayNode names = schema.putArray("enum");
      for (Object constant : type.getEnumConstants()) {
        names.add(((Enum<?>) constant).name());
      }
      return schema;
    }
    if (type.isArray()) {
      return list(type.componentType());
    }
    if (type.isRecord()) {
      return reference(type);
    }
    if (type == Object.class || JsonNode.class.isAssignableFrom(type)) {
      return JSON.createObjectNode();
    }
    throw unknown(type);
  }

  private static IllegalArgumentException unknown(Type type) {
    return new IllegalArgumentException(
        "there is no JSON schema for "
            + type.getTypeName()
            + ": use records, enums, strings, numbers, booleans, and lists or maps of them");
  }

  private ObjectNode ofGeneric(ParameterizedType generic) {
    Class<?> raw = (Class<?>) generic.getRawType();
    Type[] arguments = generic.getActualTypeArguments();
    if (Collection.class.isAssignableFrom(raw)) {
      return list(arguments[0]);
    }
    if (raw == Optional.class) {
      return schema(arguments[0]);
    }
    if (Map.class.isAssignableFrom(raw) && arguments[0] == String.class) {
      ObjectNode map = JSON.createObjectNode().put("type", "object");
      map.set("additionalProperties", schema(arguments[1]));
      return map;
    }
    throw unknown(generic);
  }

  private ObjectNode list(Type items) {
    ObjectNode list = JSON.createObjectNode().put("type", "array");
    list.set("items", schema(items));
    return list;
  }

  /** A record within another is defined once and referred to, as it may hold itself. */
  private ObjectNode reference(Class<?> record) {
    String name = record.getSimpleName();
    if (record == root) {
      return JSON.createObjectNode().put("$ref", "#");
    }
    if (!definitions.has(name)) {
      definitions.putObject(name);
      definitions.set(name, record(record));
    }
    return JSON.createObjectNode().put("$ref", "#/$defs/" + name);
  }

  private ObjectNode record(Class<?> type) {
    ObjectNode object = JSON.createObjectNode().put("type", "object");
    describe(object, type);
    ObjectNode properties = object.putObject("properties");
    ArrayNode required = object.putArray("required");
    for (RecordComponent component : type.getRecordComponents()) {
      property(properties, required, component.getName(), component.getGenericType(), component);
    }
    return object;
  }

  private void property(
      ObjectNode properties,
      ArrayNode required,
      String name,
      Type type,
      AnnotatedElement described) {
    ObjectNode schema = schema(type);
    describe(schema, described);
    properties.set(name, schema);
    boolean optional =
        type instanceof ParameterizedType generic && generic.getRawType() == Optional.class;
    if (!optional) {
      required.add(name);
    }
  }

  private static void describe(ObjectNode schema, AnnotatedElement element) {
    Description description = element.getAnnotation(Description.class);
    if (description != null) {
      schema.put("description", description.value());
    }
  }
}
