package io.firesteel.model.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.Gguf;
import io.firesteel.model.EmbeddedModel;
import io.firesteel.model.template.AnswerParser;
import io.firesteel.model.template.AnswerPart;
import io.firesteel.model.template.Tool;
import io.firesteel.model.template.ToolCall;
import io.firesteel.model.template.ToolCallFormat;
import io.firesteel.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Calls that a grammar forces are calls that the parser of the same format reads. */
class CallStyleTest {
  private static final Tool TOOL =
      Tool.fromJson(
          JsonMapper.shared()
              .readTree(
                  """
                  {"type": "function", "function": {"name": "find_city", "description": "Finds",
                   "parameters": {"type": "object", "properties": {"name": {"type": "string"},
                   "land": {"enum": ["x", "y"]}}, "required": ["name"],
                   "additionalProperties": false}}}
                  """));

  private static Tokenizer tokenizer;
  private static RandomWalk walk;

  @BeforeAll
  static void load() throws IOException {
    try (Gguf file = EmbeddedModel.open()) {
      tokenizer = Tokenizer.from(file.metadata());
    }
    walk = new RandomWalk(tokenizer, tokenizer.vocabularySize());
  }

  private static Grammar required(CallStyle style) {
    return AnswerGrammars.calls(style, List.of(TOOL), true, Optional.empty(), Thinking.NONE);
  }

  private static List<AnswerPart> parse(ToolCallFormat format, String text) {
    AnswerParser parser = AnswerParser.forAnswer(format, "", List.of(TOOL));
    List<AnswerPart> parts = new ArrayList<>(parser.feed(text));
    parts.addAll(parser.finish());
    return parts;
  }

  @ParameterizedTest
  @CsvSource({
    "JSON_TAGS, TAGS",
    "FUNCTION_TAGS, TAGS",
    "ARGUMENT_TAGS, TAGS",
    "MISTRAL_LIST, MISTRAL",
    "MISTRAL_NAMED, MISTRAL",
    "GRANITE, GRANITE",
    "LLAMA, LLAMA",
    "HARMONY, HARMONY",
  })
  void whateverTheGrammarLetsThroughIsReadAsCalls(CallStyle style, ToolCallFormat format) {
    Grammar grammar = required(style);
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 15; i++) {
      String text = walk.text(grammar, random, random.nextInt(60));
      List<AnswerPart> calls =
          parse(format, text).stream()
              .filter(part -> !(part instanceof AnswerPart.Reasoning))
              .filter(part -> !(part instanceof AnswerPart.Text space) || !space.text().isBlank())
              .toList();
      assertFalse(calls.isEmpty(), text);
      for (AnswerPart part : calls) {
        AnswerPart.Call call = assertCall(part, text);
        assertEquals("find_city", call.call().name(), text);
      }
    }
  }

  private static AnswerPart.Call assertCall(AnswerPart part, String text) {
    assertTrue(part instanceof AnswerPart.Call, part + " of " + text);
    return (AnswerPart.Call) part;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "ARGUMENT_TAGS ; TAGS ;"
            + " <tool_call>find_city~<arg_key>name</arg_key>~<arg_value>Oslo</arg_value>~</tool_call>",
        "HARMONY ; HARMONY ; <|channel|>commentary to=functions.find_city"
            + " <|constrain|>json<|message|>{\"name\": \"Oslo\"}",
        "HARMONY ; HARMONY ;"
            + " <|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary"
            + " to=functions.find_city <|constrain|>json<|message|>{\"name\": \"Oslo\"}",
      })
  void callsAsTheModelsWriteThemFit(CallStyle style, ToolCallFormat format, String text) {
    String answer = text.replace('~', '\n');
    GrammarMatcher matcher = required(style).matcher(walk.cutter().trie());
    assertTrue(matcher.accept(answer));
    assertTrue(matcher.mayEnd());
    ToolCall call = assertCall(parse(format, answer).getLast(), answer).call();
    assertEquals("find_city", call.name());
    assertEquals("{\"name\":\"Oslo\"}", call.argumentsJson().replace(" ", ""));
  }

  @Test
  void aTemplateShowsItsStyle() {
    assertEquals(CallStyle.ARGUMENT_TAGS, CallStyle.of("<tool_call>{{ name }}<arg_key>"));
    assertEquals(CallStyle.FUNCTION_TAGS, CallStyle.of("<tool_call><function=x>"));
    assertEquals(CallStyle.JSON_TAGS, CallStyle.of("<tool_call>{\"name\": ...}"));
    assertEquals(CallStyle.HARMONY, CallStyle.of("<|channel|>commentary to=functions.x"));
  }
}
