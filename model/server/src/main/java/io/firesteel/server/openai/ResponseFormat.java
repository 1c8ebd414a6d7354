package io.firesteel.server.openai;

import io.firesteel.model.grammar.Grammar;
import io.firesteel.server.serving.Failures;
import io.firesteel.server.serving.Fields;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** Reads what an answer must look like. */
final class ResponseFormat {
  private ResponseFormat() {}

  /**
   * Reads {@code response_format}, or llama.cpp's {@code grammar} and {@code json_schema}, or
   * vLLM's {@code guided_…} fields.
   */
  static Optional<Grammar> read(Fields request) {
    List<Optional<Grammar>> given =
        List.of(
            request.object("response_format").flatMap(ResponseFormat::format),
            request.string("grammar").map(text -> grammar(() -> Grammar.gbnf(text))),
            request.value("json_schema").map(ResponseFormat::schema),
            request.value("guided_json").map(ResponseFormat::schema),
            request.string("guided_regex").map(text -> grammar(() -> Grammar.regex(text))),
            choices(request));
    List<Grammar> grammars = given.stream().flatMap(Optional::stream).toList();
    if (grammars.size() > 1) {
      throw request.wrong("response_format", "one of several constraints, expected one at most");
    }
    return grammars.stream().findFirst();
  }

  private static Optional<Grammar> choices(Fields request) {
    List<String> texts = request.strings("guided_choice", 1000);
    return texts.isEmpty() ? Optional.empty() : Optional.of(grammar(() -> Grammar.choice(texts)));
  }

  /** Reads a format object. */
  static Optional<Grammar> format(Fields format) {
    String type = format.requiredString("type");
    return switch (type) {
      case "text" -> Optional.empty();
      case "json_object" ->
          Optional.of(format.value("schema").map(ResponseFormat::schema).orElseGet(Grammar::json));
      case "json_schema" -> Optional.of(schema(schemaOf(format)));
      case "grammar" -> {
        String text = format.requiredString("grammar");
        yield Optional.of(grammar(() -> Grammar.gbnf(text)));
      }
      case "regex" -> {
        String text = format.requiredString("regex");
        yield Optional.of(grammar(() -> Grammar.regex(text)));
      }
      default ->
          throw format.wrong(
              "type", "'" + type + "', expected text, json_object, json_schema, grammar or regex");
    };
  }

  // Chat requests have the schema in an object of its own, responses beside the type.
  private static JsonNode schemaOf(Fields format) {
    Fields holder = format.object("json_schema").orElse(format);
    return holder.value("schema").orElseThrow(() -> holder.missing("schema"));
  }

  private static Grammar schema(JsonNode schema) {
    return grammar(() -> Grammar.jsonSchema(schema));
  }

  private static Grammar grammar(Supplier<Grammar> compiler) {
    return Failures.translated(compiler);
  }
}
