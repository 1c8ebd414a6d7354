package io.firesteel.bench.suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The Berkeley Function Calling Leaderboard's single-turn sets: files {@code BFCL_*.json} of lines
 * with {@code id}, {@code question} and {@code function}, and files of the same names in {@code
 * possible_answer} with {@code ground_truth}. A reply is right if its calls are the expected ones,
 * in any order: each name, every argument among the allowed values, whole numbers where they are
 * declared, nothing missing that is required or may not be left out (an allowed value {@code ""}),
 * nothing more.
 */
public final class Bfcl {
  private static final Pattern CALL =
      Pattern.compile("<tool_call>\\s*(.*?)\\s*</tool_call>", Pattern.DOTALL);
  private static final Pattern IGNORED = Pattern.compile("[ ,./\\-_*^]");
  private static final Set<String> SETS =
      Set.of("simple", "multiple", "parallel", "parallel_multiple", "simple_python");
  private static final Map<String, String> TYPES =
      Map.of("dict", "object", "float", "number", "tuple", "array", "any", "string");

  private Bfcl() {}

  /** Reads the items of all sets in a folder that have answers. */
  public static List<SuiteItem> read(Path folder) throws IOException {
    List<SuiteItem> items = new ArrayList<>();
    for (Path file : files(folder)) {
      Map<String, JsonNode> answers = new HashMap<>();
      Path right = folder.resolve("possible_answer").resolve(file.getFileName());
      for (JsonNode line : JsonLines.read(right, "id", "ground_truth")) {
        answers.put(line.get("id").asString(), line.get("ground_truth"));
      }
      for (JsonNode line : JsonLines.read(file, "id", "question", "function")) {
        String id = line.get("id").asString();
        JsonNode truth = answers.get(id);
        if (truth == null) {
          throw new IOException(right + " has no answer to " + id);
        }
        items.add(
            new SuiteItem(
                id,
                set(file),
                line.get("question").path(0),
                tools(line.get("function")),
                reply -> isRight(reply, truth, line.get("function"))));
      }
    }
    if (items.isEmpty()) {
      throw new IOException(folder + " holds no BFCL_*_simple.json, _multiple or _parallel");
    }
    return items;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> SETS.contains(set(file))).sorted().toList();
    }
  }

  private static String set(Path file) {
    return file.getFileName().toString().replaceFirst("^BFCL_v[0-9]+_", "").replace(".json", "");
  }

  private static JsonNode tools(JsonNode functions) {
    ArrayNode tools = JsonMapper.shared().createArrayNode();
    for (JsonNode function : functions) {
      ObjectNode tool = tools.addObject();
      tool.put("type", "function");
      tool.set("function", withUsualTypes(function));
    }
    return tools;
  }

  /** The sets name types as Python does. */
  private static JsonNode withUsualTypes(JsonNode node) {
    if (node instanceof ObjectNode object) {
      ObjectNode copy = JsonMapper.shared().createObjectNode();
      object
          .propertyStream()
          .forEach(
              entry -> {
                JsonNode value = entry.getValue();
                boolean type = entry.getKey().equals("type") && value.isString();
                copy.set(
                    entry.getKey(),
                    type && TYPES.containsKey(value.asString())
                        ? JsonMapper.shared().valueToTree(TYPES.get(value.asString()))
                        : withUsualTypes(value));
              });
      return copy;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode copy = JsonMapper.shared().createArrayNode();
      array.forEach(element -> copy.add(withUsualTypes(element)));
      return copy;
    }
    return node;
  }

  /**
   * Whether the calls of a reply are the expected ones.
   *
   * @param functions their descriptions
   */
  static boolean isRight(String reply, JsonNode truth, JsonNode functions) {
    Optional<List<JsonNode>> calls = calls(reply);
    if (calls.isEmpty() || calls.get().size() != truth.size()) {
      return false;
    }
    List<JsonNode> left = new ArrayList<>(calls.get());
    for (JsonNode expected : truth) {
      Optional<JsonNode> match =
          left.stream()
              .filter(call -> matches(call, expected) && isDeclared(call, functions))
              .findFirst();
      if (match.isEmpty()) {
        return false;
      }
      left.remove(match.get());
    }
    return true;
  }

  private static Optional<List<JsonNode>> calls(String reply) {
    try {
      return Optional.of(
          CALL.matcher(reply)
              .results()
              .map(match -> JsonMapper.shared().readTree(match.group(1)))
              .toList());
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static boolean matches(JsonNode call, JsonNode expected) {
    JsonNode allowed = expected.path(call.path("name").asString(""));
    JsonNode arguments = call.path("arguments");
    return allowed.isObject()
        && arguments.isObject()
        && arguments
            .propertyStream()
            .allMatch(a -> isAllowed(a.getValue(), allowed.path(a.getKey())))
        && allowed
            .propertyStream()
            .allMatch(a -> arguments.has(a.getKey()) || mayBeLeftOut(a.getValue()));
  }

  /** Required arguments are there, and whole numbers are no others: 2.0 is no integer. */
  private static boolean isDeclared(JsonNode call, JsonNode functions) {
    JsonNode arguments = call.path("arguments");
    return functions
        .valueStream()
        .filter(function -> function.path("name").equals(call.path("name")))
        .map(function -> function.path("parameters"))
        .allMatch(
            parameters ->
                parameters.path("required").valueStream().allMatch(n -> arguments.has(n.asString()))
                    && arguments
                        .propertyStream()
                        .allMatch(a -> isWhole(a.getValue(), type(parameters, a.getKey()))));
  }

  private static String type(JsonNode parameters, String name) {
    return parameters.path("properties").path(name).path("type").asString("");
  }

  private static boolean isWhole(JsonNode value, String type) {
    return !type.equals("integer") || !value.isNumber() || value.isIntegralNumber();
  }

  private static boolean mayBeLeftOut(JsonNode allowed) {
    return allowed.valueStream().anyMatch(value -> value.isString() && value.asString().isEmpty());
  }

  private static boolean isAllowed(JsonNode value, JsonNode allowed) {
    return allowed.isArray() && allowed.valueStream().anyMatch(one -> same(value, one));
  }

  private static boolean same(JsonNode value, JsonNode allowed) {
    if (value.isNumber() && allowed.isNumber()) {
      return value.decimalValue().compareTo(allowed.decimalValue()) == 0;
    }
    if (value.isString() && allowed.isString()) {
      return plain(value.asString()).equals(plain(allowed.asString()));
    }
    if (value.isArray() && allowed.isArray()) {
      boolean same = value.size() == allowed.size();
      for (int i = 0; same && i < value.size(); i++) {
        same = same(value.get(i), allowed.get(i));
      }
      return same;
    }
    if (value.isObject() && allowed.isObject()) {
      return value.propertyStream().allMatch(e -> isAllowed(e.getValue(), allowed.path(e.getKey())))
          && allowed
              .propertyStream()
              .allMatch(e -> value.has(e.getKey()) || mayBeLeftOut(e.getValue()));
    }
    return value.equals(allowed);
  }

  private static String plain(String text) {
    return IGNORED.matcher(text).replaceAll("").toLowerCase(Locale.ROOT).replace('\'', '"');
  }
}
