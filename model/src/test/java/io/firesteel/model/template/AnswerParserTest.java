package io.firesteel.model.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AnswerParserTest {
  private static final String PROMPT = "<|im_start|>assistant\n";
  private static final Tool WEATHER =
      Tool.function(
          "weather",
          "Weather of a place",
          Map.of(
              "type",
              "object",
              "properties",
              Map.of("zip", Map.of("type", "string"), "days", Map.of("type", "integer"))));

  /** An answer as the model writes it, and what it means. */
  record Case(
      ToolCallFormat format,
      String prompt,
      String answer,
      String content,
      String reasoning,
      String calls) {}

  /** Line ends are part of the formats, so they are written out. */
  @SuppressWarnings("StringConcatToTextBlock")
  static Stream<Case> answers() {
    return Stream.of(
        tags(
            "Just text with < and <tool and {\"a\": 1}.",
            "Just text with < and <tool and {\"a\": 1}.",
            "",
            ""),
        tags("<think>\nhm\n</think>\n\nFour.", "Four.", "hm", ""),
        new Case(
            ToolCallFormat.TAGS, PROMPT + "<think>\n", "hm\n</think>\n\nFour.", "Four.", "hm", ""),
        new Case(ToolCallFormat.TAGS, PROMPT + "<think>\n\n</think>\n\n", "Four.", "Four.", "", ""),
        tags(
            "<tool_call>\n"
                + "{\"name\": \"weather\", \"arguments\": {\"zip\": \"3011\", \"days\": 2}}\n"
                + "</tool_call>",
            "",
            "",
            "weather{\"zip\":\"3011\",\"days\":2}"),
        tags(
            "Both.\n"
                + "<tool_call>{\"name\":\"a\",\"arguments\":{}}</tool_call>\n"
                + "<tool_call>{\"name\":\"b\",\"arguments\":\"{\\\"x\\\":1}\"}</tool_call>",
            "Both.",
            "",
            "a{} b{\"x\":1}"),
        tags(
            "<tool_call>\n"
                + "<function=weather>\n"
                + "<parameter=zip>\n"
                + "3011\n"
                + "</parameter>\n"
                + "<parameter=days>\n"
                + "2\n"
                + "</parameter>\n"
                + "<parameter=note>\n"
                + "two\n"
                + "lines\n"
                + "</parameter>\n"
                + "</function>\n"
                + "</tool_call>",
            "",
            "",
            "weather{\"zip\":\"3011\",\"days\":2,\"note\":\"two\\nlines\"}"),
        tags(
            "<think></think>\n"
                + "<tool_call>weather\n"
                + "<arg_key>zip</arg_key>\n"
                + "<arg_value>3011</arg_value>\n"
                + "<arg_key>days</arg_key>\n"
                + "<arg_value>2</arg_value>\n"
                + "</tool_call>",
            "",
            "",
            "weather{\"zip\":\"3011\",\"days\":2}"),
        tags("<tool_call>clock</tool_call>", "", "", "clock{}"),
        new Case(
            ToolCallFormat.MISTRAL,
            "",
            "[TOOL_CALLS][{\"name\": \"weather\", \"arguments\": {\"days\": 1}, \"id\":"
                + " \"abcdefgh1\"}]",
            "",
            "",
            "weather{\"days\":1}#abcdefgh1"),
        new Case(
            ToolCallFormat.MISTRAL,
            "",
            "Looking. [TOOL_CALLS]weather[CALL_ID]abcdefgh1[ARGS]{\"days\":"
                + " 1}[TOOL_CALLS]clock[ARGS]{}",
            "Looking.",
            "",
            "weather{\"days\":1}#abcdefgh1 clock{}"),
        new Case(
            ToolCallFormat.GRANITE,
            "",
            "<|tool_call|>[{\"name\": \"weather\", \"arguments\": {\"days\": 1}}]",
            "",
            "",
            "weather{\"days\":1}"),
        new Case(
            ToolCallFormat.HARMONY,
            "<|start|>assistant",
            "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Four.<|return|>",
            "Four.",
            "hm",
            ""),
        new Case(
            ToolCallFormat.HARMONY,
            "<|start|>assistant",
            "<|channel|>commentary to=functions.weather"
                + " <|constrain|>json<|message|>{\"days\":1}<|call|>",
            "",
            "",
            "weather{\"days\":1}"));
  }

  private static Case tags(String answer, String content, String reasoning, String calls) {
    return new Case(ToolCallFormat.TAGS, PROMPT, answer, content, reasoning, calls);
  }

  private static String written(List<ToolCall> calls) {
    return String.join(
        " ",
        calls.stream()
            .map(
                call ->
                    call.name() + call.argumentsJson() + (call.id() == null ? "" : "#" + call.id()))
            .toList());
  }

  @ParameterizedTest
  @MethodSource("answers")
  void answersAreTakenApart(Case given) {
    Answer answer = AnswerParser.parse(given.format, given.prompt, List.of(WEATHER), given.answer);
    assertEquals(given.content, answer.content());
    assertEquals(given.reasoning, answer.reasoning());
    assertEquals(given.calls, written(answer.toolCalls()));
    assertEquals(List.of(), answer.problems());
  }

  @ParameterizedTest
  @MethodSource("answers")
  void theCutOfTheStreamMakesNoDifference(Case given) {
    Answer whole = AnswerParser.parse(given.format, given.prompt, List.of(WEATHER), given.answer);
    for (int size = 1; size < given.answer.length(); size += 1 + size / 3) {
      AnswerParser parser = AnswerParser.forAnswer(given.format, given.prompt, List.of(WEATHER));
      List<AnswerPart> parts = new ArrayList<>();
      for (int i = 0; i < given.answer.length(); i += size) {
        parts.addAll(
            parser.feed(given.answer.substring(i, Math.min(i + size, given.answer.length()))));
      }
      parts.addAll(parser.finish());
      assertEquals(whole, Answer.of(parts), "pieces of " + size);
    }
  }

  @Test
  void textArrivesBeforeTheAnswerEnds() {
    AnswerParser parser = AnswerParser.forAnswer(ToolCallFormat.TAGS, "", List.of());
    assertEquals(List.of(new AnswerPart.Text("Hello ")), parser.feed("Hello <tool"));
    assertEquals(List.of(new AnswerPart.Text("<tools")), parser.feed("s"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void malformedCallsAreKeptAndReported(ToolCallFormat format, String text) {
    Answer answer = AnswerParser.parse(format, "", List.of(), "Before. " + text);
    assertEquals("Before. " + text, answer.content());
    assertEquals(1, answer.problems().size());
    assertTrue(answer.problems().getFirst().contains("tool call"), answer.problems().getFirst());
    assertEquals(List.of(), answer.toolCalls());
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
            "<tool_call>{\"name\": \"a\", \"arguments\": {</tool_call>",
            "<tool_call>{\"name\": \"a\"",
            "<tool_call>{\"arguments\": {}}</tool_call>",
            "<tool_call>[1, 2]</tool_call>",
            "<tool_call><function=a><parameter=x>1</function></tool_call>",
            "<tool_call>two words</tool_call>",
            "<tool_call>a<arg_key>x</arg_key></tool_call>",
            "<tool_call></tool_call>")
        .map(text -> Arguments.of(ToolCallFormat.TAGS, text));
  }

  @Test
  void aMalformedCallDoesNotHideTheNext() {
    Answer answer =
        AnswerParser.parse(
            ToolCallFormat.TAGS,
            "",
            List.of(),
            "<tool_call>{</tool_call><tool_call>{\"name\":\"b\"}</tool_call>");
    assertEquals("<tool_call>{</tool_call>", answer.content());
    assertEquals("b{}", written(answer.toolCalls()));
  }

  @Test
  void anAnswerBecomesAMessageThatTemplatesTake() {
    Answer answer =
        AnswerParser.parse(
            ToolCallFormat.TAGS,
            "",
            List.of(),
            "<think>hm</think>A.<tool_call>{\"name\":\"b\"}</tool_call>");
    Message message = answer.toMessage();
    assertEquals("assistant", message.role());
    assertEquals("A.", message.text());
    assertEquals("hm", message.reasoning().orElseThrow());
    assertEquals("b", message.toolCalls().getFirst().name());
  }

  @Test
  void markersWithinAFormAreTextInAnyCut() {
    String answer = "<think>\nHm.</think>\n\n{\"a\": \"<think> <tool_call> x\", \"b\": 1}";
    for (int cut = 0; cut <= answer.length(); cut++) {
      AnswerParser parser = AnswerParser.forForm(ToolCallFormat.TAGS, "", List.of(WEATHER));
      List<AnswerPart> parts = new ArrayList<>(parser.feed(answer.substring(0, cut)));
      parts.addAll(parser.feed(answer.substring(cut)));
      parts.addAll(parser.finish());
      Answer whole = Answer.of(parts);
      assertEquals("{\"a\": \"<think> <tool_call> x\", \"b\": 1}", whole.content());
      assertEquals("Hm.", whole.reasoning());
    }
  }

  @Test
  void aCallMayStandInsteadOfAForm() {
    AnswerParser parser = AnswerParser.forForm(ToolCallFormat.TAGS, "", List.of(WEATHER));
    List<AnswerPart> parts = new ArrayList<>(parser.feed("<tool_"));
    parts.addAll(
        parser.feed("call>\n{\"name\": \"get_weather\", \"arguments\": {}}\n</tool_call>"));
    parts.addAll(parser.finish());
    assertEquals("get_weather", Answer.of(parts).toolCalls().getFirst().name());
  }
}
