package io.firesteel.server.openai;

import io.firesteel.model.AnswerRequest;
import io.firesteel.model.ChatOptions;
import io.firesteel.model.grammar.Grammar;
import io.firesteel.model.template.Message;
import io.firesteel.model.template.Tool;
import io.firesteel.model.template.ToolCall;
import io.firesteel.server.serving.Fields;
import io.firesteel.server.serving.SamplingFields;
import io.firesteel.server.serving.ServedModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What a request of the Responses protocol asks for. Nothing is stored: the whole conversation
 * comes with each request.
 *
 * @param request for the model
 * @param stream whether the answer comes in pieces
 * @param fields the request, of which answers repeat parts
 */
record ResponsesJob(AnswerRequest request, boolean stream, Fields fields) {
  private static final int MOST_ITEMS = 10_000;

  static ResponsesJob read(Fields fields, ServedModel served) {
    served.requireNamed(fields);
    fields.refuse(
        "previous_response_id", "this server stores nothing; send the whole conversation");
    fields.refuse("conversation", "this server stores nothing; send the whole conversation");
    fields.refuse("background", "this server answers while the client waits");
    fields.refuse("prompt", "this server has no stored prompts");
    List<Tool> tools = ToolFields.tools(fields, false);
    Optional<String> effort =
        fields.object("reasoning").flatMap(reasoning -> reasoning.string("effort"));
    Map<String, Object> variables = new HashMap<>();
    effort.ifPresent(word -> variables.put("reasoning_effort", word));
    Optional<Grammar> grammar =
        fields
            .object("text")
            .flatMap(text -> text.object("format"))
            .flatMap(ResponseFormat::format);
    ChatOptions options =
        ChatOptions.DEFAULT
            .withTools(tools)
            .withToolChoice(ToolFields.choice(fields, tools))
            .withParallelToolCalls(fields.bool("parallel_tool_calls").orElse(true))
            .withVariables(variables)
            .withGeneration(
                SamplingFields.read(
                    fields,
                    served,
                    fields.integer("max_output_tokens", 1, Integer.MAX_VALUE),
                    List.of(),
                    grammar,
                    -1));
    ChatOptions complete =
        effort.map(word -> options.withThinking(!word.equals("none"))).orElse(options);
    return new ResponsesJob(
        AnswerRequest.chat(messages(fields)).withOptions(complete),
        fields.bool("stream").orElse(false),
        fields);
  }

  private static List<Message> messages(Fields fields) {
    List<Message> messages = new ArrayList<>();
    fields.string("instructions").ifPresent(text -> messages.add(Message.system(text)));
    JsonNode input = fields.value("input").orElseThrow(() -> fields.missing("input"));
    if (input.isString()) {
      messages.add(Message.user(input.stringValue()));
    } else {
      new Items(messages).read(fields.objects("input", MOST_ITEMS));
    }
    if (messages.isEmpty()) {
      throw fields.wrong("input", "empty, expected a text or at least 1 item");
    }
    return messages;
  }

  /** Puts items together to messages: thoughts, words and calls of one turn stand apart. */
  private static final class Items {
    private final List<Message> messages;
    private final Map<String, String> toolOfCall = new HashMap<>();
    private final List<ToolCall> calls = new ArrayList<>();
    private String reasoning = "";
    private String words = "";

    Items(List<Message> messages) {
      this.messages = messages;
    }

    void read(List<Fields> items) {
      items.forEach(this::add);
      endTurn();
    }

    private void add(Fields item) {
      String type = item.string("type").orElse("message");
      switch (type) {
        case "message" -> message(item);
        case "reasoning" -> reasoning += thoughts(item);
        case "function_call" -> call(item);
        case "function_call_output" -> result(item);
        default ->
            throw item.wrong(
                "type",
                "'"
                    + type
                    + "', expected message, reasoning, function_call or function_call_output");
      }
    }

    private void message(Fields item) {
      String role = item.requiredString("role");
      String text = ChatMessages.text(item).orElseThrow(() -> item.missing("content"));
      switch (role) {
        case "assistant" -> words += text;
        case "user" -> say(Message.user(text));
        case "system", "developer" -> say(Message.system(text));
        default ->
            throw item.wrong(
                "role", "'" + role + "', expected user, assistant, system or developer");
      }
    }

    private static String thoughts(Fields item) {
      StringBuilder text = new StringBuilder();
      List<Fields> parts = new ArrayList<>(item.objects("content", 1000));
      if (parts.isEmpty()) {
        parts.addAll(item.objects("summary", 1000));
      }
      parts.forEach(part -> text.append(part.string("text").orElse("")));
      return text.toString();
    }

    private void call(Fields item) {
      String name = item.requiredString("name");
      String id = item.requiredString("call_id");
      toolOfCall.put(id, name);
      calls.add(ChatMessages.toolCall(id, name, item, item.string("arguments").orElse("{}")));
    }

    private void result(Fields item) {
      String id = item.requiredString("call_id");
      Optional<JsonNode> output = item.value("output");
      String text =
          output
              .map(node -> node.isString() ? node.stringValue() : node.toString())
              .orElseThrow(() -> item.missing("output"));
      String name = toolOfCall.getOrDefault(id, "");
      say(
          name.isEmpty()
              ? Message.of("tool", text).with("tool_call_id", id)
              : Message.tool(id, name, text));
    }

    private void say(Message message) {
      endTurn();
      messages.add(message);
    }

    private void endTurn() {
      if (words.isEmpty() && calls.isEmpty()) {
        return;
      }
      Message message = Message.assistant(words);
      if (!reasoning.isEmpty()) {
        message = message.withReasoning(reasoning);
      }
      messages.add(calls.isEmpty() ? message : message.withToolCalls(List.copyOf(calls)));
      words = "";
      reasoning = "";
      calls.clear();
    }
  }
}
