package io.firesteel.server.anthropic;

import io.firesteel.model.AnswerRequest;
import io.firesteel.model.ChatOptions;
import io.firesteel.model.ToolChoice;
import io.firesteel.model.template.Message;
import io.firesteel.model.template.Tool;
import io.firesteel.model.template.ToolCall;
import io.firesteel.server.http.Json;
import io.firesteel.server.serving.Fields;
import io.firesteel.server.serving.SamplingFields;
import io.firesteel.server.serving.ServedModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a request of the Messages protocol asks for.
 *
 * @param messages the conversation
 * @param options how it is answered
 * @param stream whether the answer comes in pieces
 */
record MessagesJob(List<Message> messages, ChatOptions options, boolean stream) {
  private static final int MOST_MESSAGES = 10_000;
  private static final int MOST_BLOCKS = 1000;
  private static final int MOST_TOOLS = 512;

  /** Reads a request for an answer. */
  static MessagesJob read(Fields fields, ServedModel served) {
    if (!fields.has("max_tokens")) {
      throw fields.missing("max_tokens");
    }
    return readCountable(fields, served);
  }

  /** Reads a request that may be only about the length of its prompt. */
  static MessagesJob readCountable(Fields fields, ServedModel served) {
    served.requireNamed(fields);
    fields.refuse("mcp_servers", "this server calls no others");
    fields.refuse("container", "this server runs no code");
    List<Tool> tools = tools(fields);
    Optional<Fields> choice = fields.object("tool_choice");
    boolean parallel =
        !choice.flatMap(object -> object.bool("disable_parallel_tool_use")).orElse(false);
    ChatOptions options =
        ChatOptions.DEFAULT
            .withTools(tools)
            .withToolChoice(choice.map(c -> toolChoice(c, tools)).orElse(ToolChoice.AUTO))
            .withParallelToolCalls(parallel)
            .withGeneration(
                SamplingFields.read(
                    fields,
                    served,
                    fields.integer("max_tokens", 1, Integer.MAX_VALUE),
                    SamplingFields.stops(fields, "stop_sequences"),
                    Optional.empty(),
                    -1));
    ChatOptions complete =
        fields
            .object("thinking")
            .map(t -> options.withThinking(!t.requiredString("type").equals("disabled")))
            .orElse(options);
    return new MessagesJob(
        new Conversation().read(fields), complete, fields.bool("stream").orElse(false));
  }

  AnswerRequest request() {
    return AnswerRequest.chat(messages).withOptions(options);
  }

  private static ToolChoice toolChoice(Fields choice, List<Tool> tools) {
    String type = choice.requiredString("type");
    return switch (type) {
      case "auto" -> ToolChoice.AUTO;
      case "none" -> ToolChoice.NONE;
      case "any" -> {
        if (tools.isEmpty()) {
          throw choice.wrong("type", "'any', but there are no tools");
        }
        yield ToolChoice.REQUIRED;
      }
      case "tool" -> {
        String name = choice.requiredString("name");
        if (tools.stream().noneMatch(tool -> tool.name().equals(name))) {
          throw choice.wrong("name", "'" + name + "', which is not among the tools");
        }
        yield ToolChoice.named(name);
      }
      default -> throw choice.wrong("type", "'" + type + "', expected auto, any, tool or none");
    };
  }

  private static List<Tool> tools(Fields fields) {
    List<Tool> tools = new ArrayList<>();
    for (Fields item : fields.objects("tools", MOST_TOOLS)) {
      String type = item.string("type").orElse("custom");
      if (!type.equals("custom")) {
        throw item.wrong("type", "'" + type + "', but this server has no tools of its own");
      }
      String name = item.requiredString("name");
      if (name.isBlank()) {
        throw item.wrong("name", "empty, expected a name");
      }
      ObjectNode function = Json.object();
      function.put("name", name);
      item.string("description").ifPresent(text -> function.put("description", text));
      function.set(
          "parameters",
          item.object("input_schema").orElseThrow(() -> item.missing("input_schema")).json());
      ObjectNode tool = Json.object();
      tool.put("type", "function");
      tool.set("function", function);
      tools.add(Tool.fromJson(tool));
    }
    return tools;
  }

  /** Turns messages of blocks into messages as templates know them. */
  private static final class Conversation {
    private final List<Message> messages = new ArrayList<>();
    private final Map<String, String> toolOfCall = new HashMap<>();

    List<Message> read(Fields fields) {
      String system = text(fields, "system");
      if (!system.isEmpty()) {
        messages.add(Message.system(system));
      }
      List<Fields> items = fields.objects("messages", MOST_MESSAGES);
      if (items.isEmpty()) {
        throw fields.missing("messages");
      }
      items.forEach(this::add);
      return List.copyOf(messages);
    }

    private void add(Fields item) {
      String role = item.requiredString("role");
      switch (role) {
        case "user" -> user(item);
        case "assistant" -> assistant(item);
        case "system" -> messages.add(Message.system(text(item, "content")));
        default -> throw item.wrong("role", "'" + role + "', expected user or assistant");
      }
    }

    private void user(Fields item) {
      StringBuilder words = new StringBuilder();
      for (Fields block : blocks(item, "content")) {
        String type = block.requiredString("type");
        switch (type) {
          case "text" -> words.append(block.requiredString("text"));
          case "tool_result" -> result(block);
          default -> throw notText(block, type);
        }
      }
      if (!words.isEmpty()) {
        messages.add(Message.user(words.toString()));
      }
    }

    private void result(Fields block) {
      String id = block.requiredString("tool_use_id");
      String name = toolOfCall.getOrDefault(id, "");
      String text = text(block, "content");
      messages.add(
          name.isEmpty()
              ? Message.of("tool", text).with("tool_call_id", id)
              : Message.tool(id, name, text));
    }

    private void assistant(Fields item) {
      StringBuilder words = new StringBuilder();
      StringBuilder thoughts = new StringBuilder();
      List<ToolCall> calls = new ArrayList<>();
      for (Fields block : blocks(item, "content")) {
        String type = block.requiredString("type");
        switch (type) {
          case "text" -> words.append(block.requiredString("text"));
          case "thinking" -> thoughts.append(block.string("thinking").orElse(""));
          case "redacted_thinking" -> block.string("data");
          case "tool_use" -> calls.add(call(block));
          default -> throw notText(block, type);
        }
      }
      Message message = Message.assistant(words.toString());
      if (!thoughts.isEmpty()) {
        message = message.withReasoning(thoughts.toString());
      }
      messages.add(calls.isEmpty() ? message : message.withToolCalls(calls));
    }

    private ToolCall call(Fields block) {
      String id = block.requiredString("id");
      String name = block.requiredString("name");
      if (name.isEmpty()) {
        throw block.wrong("name", "empty, expected a tool's name");
      }
      toolOfCall.put(id, name);
      JsonNode input = block.object("input").map(Fields::json).orElseGet(Json::object);
      return new ToolCall(id, name, Json.text(input)).withArgumentsParsed();
    }

    private static RuntimeException notText(Fields block, String type) {
      return block.wrong("type", "'" + type + "', but this server understands text alone");
    }

    /** A text stands for one block of it. */
    private static List<Fields> blocks(Fields item, String name) {
      Optional<JsonNode> value = item.value(name);
      if (value.isPresent() && value.get().isString()) {
        ObjectNode block = Json.object();
        block.put("type", "text");
        block.put("text", value.get().stringValue());
        return List.of(Fields.of(block, item.path(name)));
      }
      return item.objects(name, MOST_BLOCKS);
    }

    private static String text(Fields item, String name) {
      StringBuilder text = new StringBuilder();
      for (Fields block : blocks(item, name)) {
        String type = block.requiredString("type");
        if (!type.equals("text")) {
          throw notText(block, type);
        }
        text.append(block.requiredString("text"));
      }
      return text.toString();
    }
  }
}
