package io.firesteel.model;

import io.firesteel.model.template.ToolCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Takes the text of an answer apart. */
final class AnswerParser {
  private static final String THINK = "<think>";
  private static final String END_OF_THOUGHT = "</think>";
  private static final String CALL = "<tool_call>";
  private static final String END_OF_CALL = "</tool_call>";
  private static final String MISTRAL = "[TOOL_CALLS]";
  private static final String MISTRAL_ARGUMENTS = "[ARGS]";
  private static final Pattern FUNCTION =
      Pattern.compile("\\s*<function=([^>\\s]+)>(.*?)</function>\\s*", Pattern.DOTALL);
  private static final Pattern PARAMETER =
      Pattern.compile("<parameter=([^>\\s]+)>\\n?(.*?)\\n?</parameter>", Pattern.DOTALL);
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final StringBuilder content = new StringBuilder();
  private final List<ToolCall> calls = new ArrayList<>();

  private AnswerParser() {}

  static Answer parse(String text, boolean insideThought) {
    boolean thinks = insideThought || text.stripLeading().startsWith(THINK);
    if (!thinks) {
      return parse(text, Optional.empty());
    }
    int from = insideThought ? 0 : text.indexOf(THINK) + THINK.length();
    int to = text.indexOf(END_OF_THOUGHT, from);
    String thought = text.substring(from, to < 0 ? text.length() : to).strip();
    String rest = to < 0 ? "" : text.substring(to + END_OF_THOUGHT.length());
    return parse(rest, thought.isEmpty() ? Optional.empty() : Optional.of(thought));
  }

  private static Answer parse(String text, Optional<String> reasoning) {
    AnswerParser parser = new AnswerParser();
    if (text.contains(MISTRAL)) {
      parser.mistral(text);
    } else if (!parser.wholeTextIsACall(text)) {
      parser.tagged(text);
    }
    return new Answer(parser.content.toString().strip(), reasoning, parser.calls);
  }

  private boolean wholeTextIsACall(String text) {
    return text.strip().startsWith("{") && addJson(text);
  }

  private void tagged(String text) {
    int at = 0;
    int call = text.indexOf(CALL);
    while (call >= 0) {
      content.append(text, at, call);
      int end = text.indexOf(END_OF_CALL, call);
      String body = text.substring(call + CALL.length(), end < 0 ? text.length() : end);
      at = end < 0 ? text.length() : end + END_OF_CALL.length();
      if (!addJson(body) && !addFunction(body)) {
        content.append(text, call, at);
      }
      call = text.indexOf(CALL, at);
    }
    content.append(text, at, text.length());
  }

  /** {@code [TOOL_CALLS][{"name", "arguments"}, …]} or {@code [TOOL_CALLS]name[ARGS]{…}}. */
  private void mistral(String text) {
    String[] parts = text.split(Pattern.quote(MISTRAL), -1);
    content.append(parts[0]);
    for (int i = 1; i < parts.length; i++) {
      String body = parts[i];
      int arguments = body.indexOf(MISTRAL_ARGUMENTS);
      boolean added =
          arguments < 0
              ? addJson(body)
              : addCall(
                  body.substring(0, arguments).strip(),
                  read(body.substring(arguments + MISTRAL_ARGUMENTS.length())));
      if (!added) {
        content.append(MISTRAL).append(body);
      }
    }
  }

  /** An object of name and arguments, or a list of them. */
  private boolean addJson(String text) {
    JsonNode node = read(text);
    if (node == null || !node.isArray()) {
      return add(node);
    }
    int before = calls.size();
    for (JsonNode item : node) {
      if (!add(item)) {
        calls.subList(before, calls.size()).clear();
        return false;
      }
    }
    return !node.isEmpty();
  }

  private boolean add(JsonNode call) {
    if (call == null || !call.isObject() || !call.path("name").isString()) {
      return false;
    }
    boolean named = call.has("arguments") || call.has("parameters");
    JsonNode arguments = call.has("arguments") ? call.get("arguments") : call.get("parameters");
    return named && addCall(call.get("name").stringValue(), arguments);
  }

  private boolean addCall(String name, JsonNode arguments) {
    if (name.isEmpty() || arguments == null || !arguments.isObject()) {
      return false;
    }
    calls.add(ToolCall.of(name, map(arguments)));
    return true;
  }

  private static Map<String, Object> map(JsonNode object) {
    Map<String, Object> map = new LinkedHashMap<>();
    object.properties().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
    return map;
  }

  private static Object plain(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> map(node);
      case ARRAY -> {
        List<Object> items = new ArrayList<>();
        node.forEach(item -> items.add(plain(item)));
        yield items;
      }
      case STRING -> node.stringValue();
      case BOOLEAN -> node.booleanValue();
      case NUMBER -> node.numberValue();
      default -> null;
    };
  }

  /** The form of Qwen3-Coder; a value that is JSON is taken as such, any other as text. */
  private boolean addFunction(String body) {
    Matcher function = FUNCTION.matcher(body);
    if (!function.matches()) {
      return false;
    }
    Map<String, Object> arguments = new LinkedHashMap<>();
    Matcher parameter = PARAMETER.matcher(function.group(2));
    while (parameter.find()) {
      JsonNode value = read(parameter.group(2));
      boolean text = value == null || value.isString();
      arguments.put(parameter.group(1), text ? parameter.group(2) : plain(value));
    }
    calls.add(ToolCall.of(function.group(1), arguments));
    return true;
  }

  private static JsonNode read(String text) {
    try {
      JsonNode node = JSON.readTree(text);
      return node.isMissingNode() ? null : node;
    } catch (JacksonException e) {
      return null; // a model's text, not a caller's mistake
    }
  }
}
