package io.firesteel.model.evaluation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One question with its check.
 *
 * @param category what kind of question it is
 * @param messages the conversation so far, an array of messages as chat templates take them
 * @param tools tool descriptions as chat templates take them; an empty array for none
 * @param check what makes the answer right
 */
public record EvaluationItem(String category, JsonNode messages, JsonNode tools, Check check) {
  private static final String CODE = "java";
  private static final String TOOLS = "tools";

  /**
   * Reads items, one JSON object a line: {@code category}, {@code prompt_messages}, {@code tools}
   * (optional), {@code answer} and {@code check} (exact, contains, number or json).
   *
   * @param name what to call the source in errors
   * @throws IOException if it cannot be read or a line is no such object
   */
  public static List<EvaluationItem> read(String name, InputStream in) throws IOException {
    List<EvaluationItem> items = new ArrayList<>();
    BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    int number = 0;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      number++;
      if (!line.isBlank()) {
        items.add(parse(name + ", line " + number, line));
      }
    }
    return items;
  }

  private static EvaluationItem parse(String where, String line) throws IOException {
    try {
      JsonNode node = JsonMapper.shared().readTree(line);
      String category = required(node, "category", where).asString();
      JsonNode tools = node.path(TOOLS);
      return new EvaluationItem(
          category,
          required(node, "prompt_messages", where),
          tools.isArray() ? tools : JsonMapper.shared().createArrayNode(),
          check(category, node, where));
    } catch (JacksonException e) {
      throw new IOException(where + " is no JSON object: " + e.getOriginalMessage(), e);
    }
  }

  private static Check check(String category, JsonNode node, String where) throws IOException {
    JsonNode answer = required(node, "answer", where);
    String check = required(node, "check", where).asString();
    return switch (check) {
      case "exact" -> new Check.Exact(answer.asString());
      case "number" -> new Check.LastNumber(answer.asString());
      case "contains" ->
          category.equals(CODE)
              ? new Check.ContainsCode(texts(answer))
              : new Check.Contains(texts(answer));
      case "json" ->
          category.equals(TOOLS)
              ? new Check.ToolCalls(answer)
              : new Check.Json(JsonMapper.shared().readTree(answer.asString()));
      default ->
          throw new IOException(
              where + ": check is " + check + ", expected exact, contains, number or json");
    };
  }

  private static List<String> texts(JsonNode answer) {
    return answer.valueStream().map(JsonNode::asString).toList();
  }

  private static JsonNode required(JsonNode node, String field, String where) throws IOException {
    JsonNode value = node.path(field);
    if (value.isMissingNode()) {
      throw new IOException(where + " has no field " + field);
    }
    return value;
  }
}
