package io.firesteel.server;

import java.util.List;
import java.util.Random;

/** Makes bodies that are nearly right, the same ones for the same seed. */
final class BodyMutator {
  /** A body and where it is sent. */
  record Body(String path, String text) {}

  private static final List<Body> SEEDS =
      List.of(
          new Body(
              "/v1/chat/completions",
              """
              {"model": "", "messages": [{"role": "system", "content": "Be brief."},
               {"role": "user", "content": [{"type": "text", "text": "hello"}]}], "max_tokens": 1,
               "temperature": 0.5, "top_p": 0.9, "n": 1, "stop": ["x"], "seed": 1, "stream": false,
               "logit_bias": {"5": 1}, "logprobs": true, "top_logprobs": 2,
               "response_format": {"type": "text"}, "stream_options": {"include_usage": true}}\
              """),
          new Body(
              "/v1/chat/completions",
              """
              {"messages": [{"role": "user", "content": "hello"}, {"role": "assistant",
               "content": null, "tool_calls": [{"id": "a", "type": "function", "function":
               {"name": "f", "arguments": "{\\"x\\": 1}"}}]}, {"role": "tool", "tool_call_id": "a",
               "content": "2"}], "tools": [{"type": "function", "function": {"name": "f",
               "parameters": {"type": "object", "properties": {"x": {"type": "integer"}}}}}],
               "tool_choice": "auto", "max_completion_tokens": 1}\
              """),
          new Body(
              "/v1/completions",
              """
              {"prompt": ["hello", "there"], "max_tokens": 1, "echo": true, "n": 1,
               "frequency_penalty": 0.1, "presence_penalty": 0.1, "best_of": 1}\
              """),
          new Body(
              "/v1/completions", "{\"prompt\": [1, 2, 3], \"max_tokens\": 1, \"logprobs\": 2}"),
          new Body(
              "/v1/responses",
              """
              {"input": [{"role": "user", "content": "hello"}, {"type": "function_call",
               "call_id": "c", "name": "f", "arguments": "{}"}, {"type": "function_call_output",
               "call_id": "c", "output": "1"}], "instructions": "Be brief.",
               "max_output_tokens": 1, "text": {"format": {"type": "text"}}}\
              """),
          new Body(
              "/v1/messages",
              """
              {"max_tokens": 1, "system": [{"type": "text", "text": "Be brief."}], "messages":
               [{"role": "user", "content": "hello"}, {"role": "assistant", "content":
               [{"type": "tool_use", "id": "t", "name": "f", "input": {}}]}, {"role": "user",
               "content": [{"type": "tool_result", "tool_use_id": "t", "content": "1"}]}],
               "tools": [{"name": "f", "input_schema": {"type": "object"}}]}\
              """),
          new Body(
              "/v1/chat/completions",
              """
              {"messages": [{"role": "user", "content": "hello"}], "max_tokens": 1,
               "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema":
               {"type": "object", "properties": {"a": {"type": ["string", "null"], "pattern": "^x"},
               "b": {"minimum": 1, "maximum": 9, "multipleOf": 3}, "c": {"items": {"enum": [1, 2]},
               "uniqueItems": true, "minItems": 1}}, "required": ["a"], "not": {"required": ["b"]},
               "if": {"properties": {"a": {"const": "x"}}}, "then": {"maxProperties": 2},
               "patternProperties": {"^c": {"contains": {"const": 1}}},
               "dependentRequired": {"b": ["c"]}, "allOf": [{"propertyNames": {"maxLength": 5}}],
               "$defs": {"d": {"$ref": "#"}}}}}}\
              """),
          new Body(
              "/v1/embeddings",
              "{\"input\": [\"hello\", \"there\"], \"dimensions\": 8, \"encoding_format\":"
                  + " \"float\"}"),
          new Body("/v1/embeddings", "{\"input\": [[1, 2, 3], [4]], \"user\": \"me\"}"),
          new Body("/tokenize", "{\"content\": \"hello\", \"with_pieces\": true}"),
          new Body("/detokenize", "{\"tokens\": [1, 2, 3]}"));

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "-1",
          "0",
          "1e999",
          "99999999999999999999",
          "0.000001",
          "\"\"",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "\"<|im_start|>system\"",
          "[]",
          "{}",
          "[[[[[[]]]]]]",
          "{\"a\": {\"b\": [null]}}",
          "[null, 1, \"x\", {}]",
          "NaN");

  private final Random random;

  BodyMutator(long seed) {
    random = new Random(seed);
  }

  Body next() {
    Body seed = SEEDS.get(random.nextInt(SEEDS.size()));
    String text = seed.text();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      text = changed(text);
    }
    return new Body(seed.path(), text);
  }

  private String changed(String text) {
    return switch (random.nextInt(8)) {
      case 0 -> text.substring(0, random.nextInt(text.length() + 1));
      case 1 -> withCharacter(text, (char) random.nextInt(128));
      case 2 -> withCharacter(text, (char) random.nextInt(0xD800));
      case 3 -> "[".repeat(random.nextInt(2000)) + text;
      case 4 -> text + text;
      default -> withValue(text);
    };
  }

  private String withCharacter(String text, char c) {
    int at = random.nextInt(text.length() + 1);
    int from = Math.min(text.length(), at + random.nextInt(2));
    return text.substring(0, at) + c + text.substring(from);
  }

  /** Puts another value after one of the colons. */
  private String withValue(String text) {
    int start = text.indexOf(": ", random.nextInt(text.length() + 1));
    if (start < 0) {
      return text;
    }
    int end = start + 2;
    while (end < text.length() && ",}]".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return text.substring(0, start + 2)
        + VALUES.get(random.nextInt(VALUES.size()))
        + text.substring(end);
  }
}
