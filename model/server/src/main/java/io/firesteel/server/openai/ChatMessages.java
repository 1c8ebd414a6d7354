package io.firesteel.server.openai;

import io.firesteel.model.template.Message;
import io.firesteel.model.template.ToolCall;
import io.firesteel.server.http.HttpError;
import io.firesteel.server.serving.Fields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Reads the messages of a chat request. */
final class ChatMessages {
  private static final int MOST_MESSAGES = 10_000;
  private static final int MOST_PARTS = 1000;
  private static final int MOST_CALLS = 1000;

  private final Map<String, String> toolOfCall = new HashMap<>();

  private ChatMessages() {}

  static List<Message> read(Fields request) {
    List<Fields> items = request.objects("messages", MOST_MESSAGES);
    if (items.isEmpty()) {
      throw request.has("messages")
          ? request.wrong("messages", "empty, expected at least 1 message")
          : request.missing("messages");
    }
    ChatMessages reader = new ChatMessages();
    return items.stream().map(reader::message).toList();
  }

  private Message message(Fields fields) {
    String role = fields.requiredString("role");
    return switch (role) {
      case "system", "developer" -> Message.system(requiredText(fields));
      case "user" -> named(Message.user(requiredText(fields)), fields);
      case "assistant" -> assistant(fields);
      case "tool" -> tool(fields);
      default ->
          throw fields.wrong(
              "role", "'" + role + "', expected system, developer, user, assistant or tool");
    };
  }

  private static Message named(Message message, Fields fields) {
    return fields.string("name").map(name -> message.with("name", name)).orElse(message);
  }

  private static String requiredText(Fields fields) {
    return text(fields).orElseThrow(() -> fields.missing("content"));
  }

  /** A text, or the text of a list of parts. */
  static Optional<String> text(Fields fields) {
    Optional<JsonNode> content = fields.value("content");
    if (content.isEmpty() || !content.get().isArray()) {
      return fields.string("content");
    }
    StringBuilder text = new StringBuilder();
    for (Fields part : fields.objects("content", MOST_PARTS)) {
      String type = part.requiredString("type");
      switch (type) {
        case "text", "input_text", "output_text" -> text.append(part.requiredString("text"));
        case "refusal" -> text.append(part.requiredString("refusal"));
        default ->
            throw part.wrong("type", "'" + type + "', but this server understands text alone");
      }
    }
    return Optional.of(text.toString());
  }

  private Message assistant(Fields fields) {
    fields.refuse("function_call", "use tool_calls");
    fields.refuse("audio", "this server understands text alone");
    List<ToolCall> calls = new ArrayList<>();
    for (Fields call : fields.objects("tool_calls", MOST_CALLS)) {
      calls.add(call(call));
    }
    Optional<String> text = text(fields);
    if (text.isEmpty() && calls.isEmpty()) {
      throw fields.missing("content");
    }
    Message message = Message.assistant(text.orElse(""));
    Optional<String> reasoning =
        fields.string("reasoning_content").or(() -> fields.string("reasoning"));
    if (reasoning.isPresent()) {
      message = message.withReasoning(reasoning.get());
    }
    return calls.isEmpty() ? message : message.withToolCalls(calls);
  }

  private ToolCall call(Fields call) {
    Fields function = call.object("function").orElseThrow(() -> call.missing("function"));
    String name = function.requiredString("name");
    Optional<String> id = call.string("id");
    id.ifPresent(given -> toolOfCall.put(given, name));
    return toolCall(id.orElse(null), name, function, function.string("arguments").orElse("{}"));
  }

  /** A call whose arguments are a text of JSON. */
  static ToolCall toolCall(String id, String name, Fields fields, String arguments) {
    if (name.isEmpty()) {
      throw fields.wrong("name", "empty, expected a tool's name");
    }
    try {
      return new ToolCall(id, name, arguments.isBlank() ? "{}" : arguments).withArgumentsParsed();
    } catch (IllegalArgumentException e) {
      throw HttpError.invalid(
          fields.path("arguments"),
          fields.path("arguments") + " is no JSON object: " + e.getMessage());
    }
  }

  private Message tool(Fields fields) {
    String id = fields.requiredString("tool_call_id");
    String name = fields.string("name").orElseGet(() -> toolOfCall.getOrDefault(id, ""));
    return name.isEmpty()
        ? Message.of("tool", requiredText(fields)).with("tool_call_id", id)
        : Message.tool(id, name, requiredText(fields));
  }
}
