package io.firesteel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.grammar.Grammar;
import io.firesteel.model.template.Message;
import io.firesteel.model.template.Tool;
import io.firesteel.model.template.ToolCall;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests to the embedded model and the events of their answers. */
class AnswersTest {
  private static final ChatOptions GREEDY =
      ChatOptions.DEFAULT.withGeneration(
          GenerationOptions.GREEDY.toBuilder().maxTokens(80).build());
  private static final Tool TAXI = tool("order_taxi", "Order a taxi", "pickup", "dropoff");
  private static final Tool WEATHER = tool("get_weather", "Get the weather", "city");

  private static Model model;

  @BeforeAll
  static void load() throws IOException {
    model =
        Model.embedded(
            ModelOptions.builder()
                .engine("cpu")
                .contextLength(512)
                .cacheTokens(2048)
                .maxAnswers(2)
                .maxWaiting(1)
                .build());
  }

  @AfterAll
  static void unload() {
    assertEquals(0, model.cache().usedPages(), "pages that no answer gave back");
    assertEquals(0, model.load().running());
    model.close();
  }

  private static Tool tool(String name, String description, String... parameters) {
    Map<String, Object> properties = new java.util.LinkedHashMap<>();
    for (String parameter : parameters) {
      properties.put(parameter, Map.of("type", "string"));
    }
    return Tool.function(
        name,
        description,
        Map.of("type", "object", "properties", properties, "required", List.of(parameters)));
  }

  private static AnswerRequest ask(String question) {
    return AnswerRequest.chat(List.of(Message.user(question))).withOptions(GREEDY);
  }

  private static List<AnswerEvent> events(AnswerRequest request) {
    try (Answers answers = model.answer(request)) {
      List<AnswerEvent> events = new ArrayList<>();
      answers.first().forEach(events::add);
      return events;
    }
  }

  @Test
  void textComesInEventsAndTheEndSaysWhatItTook() {
    List<AnswerEvent> events = events(ask("What is 345 + 87?"));
    StringBuilder text = new StringBuilder();
    for (AnswerEvent event : events.subList(0, events.size() - 1)) {
      text.append(assertInstanceOf(AnswerEvent.Text.class, event).text());
    }
    assertTrue(text.toString().contains("432"), text.toString());
    AnswerEvent.End end = assertInstanceOf(AnswerEvent.End.class, events.getLast());
    assertEquals(FinishReason.END, end.reason());
    assertTrue(end.usage().promptTokens() > 10, end.toString());
    assertTrue(end.usage().answerTokens() > 3, end.toString());
  }

  @Test
  void callsOfToolsAreEventsWithAnId() {
    AnswerRequest request =
        ask("Order a taxi from the market to the island.")
            .withOptions(GREEDY.withTools(WEATHER, TAXI));
    List<AnswerEvent> events = events(request);
    AnswerEvent.Call call = assertInstanceOf(AnswerEvent.Call.class, events.getFirst());
    assertEquals("order_taxi", call.call().name());
    assertEquals(Map.of("pickup", "market", "dropoff", "island"), call.call().arguments());
    assertTrue(call.call().id().startsWith("call_"));
    assertEquals(2, events.size(), events.toString());
  }

  @Test
  void aToolThatMustBeCalledIsCalledWhateverIsAsked() {
    ChatOptions options =
        GREEDY.withTools(WEATHER, TAXI).withToolChoice(ToolChoice.named("get_weather"));
    try (Answers answers = model.answer(ask("What is 345 + 87?").withOptions(options))) {
      AnswerResult result = answers.first().complete();
      assertEquals(
          List.of("get_weather"), result.toolCalls().stream().map(ToolCall::name).toList());
      assertTrue(result.usage().forcedTokens() > 5, result.usage().toString());
    }
    try (Answers answers =
        model.answer(
            ask("Tell me a story about a fox.")
                .withOptions(
                    GREEDY.withTools(WEATHER, TAXI).withToolChoice(ToolChoice.REQUIRED)))) {
      assertFalse(answers.first().complete().toolCalls().isEmpty());
    }
  }

  @Test
  void anAnswerUnderAGrammarHasItsFormEvenWhereItIsCutOff() {
    Grammar grammar = Grammar.regex("(yes|no), because [a-z ]{10,200}\\.");
    for (int most : new int[] {10, 12, 20, 60}) {
      GenerationOptions generation =
          GenerationOptions.builder().maxTokens(most).grammar(grammar).build();
      AnswerRequest request =
          ask("Is the sky blue?").withOptions(GREEDY.withGeneration(generation));
      try (Answers answers = model.answer(request)) {
        String text = answers.first().complete().text();
        assertTrue(text.matches("(yes|no), because [a-z ]{10,200}\\."), most + ": " + text);
      }
    }
  }

  @Test
  void aLimitThatNoAnswerCanKeepIsRefused() {
    GenerationOptions generation =
        GenerationOptions.builder().maxTokens(3).grammar(Grammar.regex("[a-z]{100}")).build();
    try (Answers answers =
        model.answer(ask("Hello").withOptions(GREEDY.withGeneration(generation)))) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> answers.first().complete());
      assertTrue(refused.getMessage().contains("raise maxTokens"), refused.getMessage());
    }
  }

  @Test
  void severalChoicesShareThePromptAndDifferBySeed() {
    ChatOptions sampled =
        ChatOptions.DEFAULT.withGeneration(GenerationOptions.builder().maxTokens(30).build());
    AnswerRequest request = ask("Tell me a story about a fox.").withOptions(sampled).withChoices(3);
    try (Answers answers = model.answer(request)) {
      List<String> texts =
          answers.choices().stream().map(choice -> choice.complete().text()).toList();
      assertEquals(3, texts.stream().distinct().count(), texts.toString());
    }
    AnswerRequest second =
        ask("Tell me a story about a fox.")
            .withOptions(
                sampled.withGeneration(
                    GenerationOptions.builder()
                        .maxTokens(30)
                        .sampling(sampled.generation().sampling().toBuilder().seed(1).build())
                        .build()));
    try (Answers all = model.answer(request);
        Answers one = model.answer(second)) {
      assertEquals(all.choices().get(1).complete().text(), one.first().complete().text());
    }
  }

  @Test
  void tooManyRequestsAreRefusedAndOthersWaitForTheirTurn() {
    try (Answers first = model.answer(ask("What is 1 + 2?"));
        Answers second = model.answer(ask("What is 1 + 3?"));
        Answers third = model.answer(ask("What is 1 + 4?"))) {
      BusyException busy =
          assertThrows(BusyException.class, () -> model.answer(ask("What is 1 + 5?")));
      assertEquals(2, busy.running());
      assertEquals(1, busy.waiting());
      assertEquals(FinishReason.END, first.first().complete().reason());
      assertEquals(FinishReason.END, third.first().complete().reason());
      assertEquals(FinishReason.END, second.first().complete().reason());
    }
  }

  @Test
  void aDeadlineEndsAnAnswerAndAlsoTheWaitForIt() {
    GenerationOptions endless =
        GenerationOptions.builder().ignoreEnd(true).deadline(Duration.ofMillis(150)).build();
    AnswerRequest request = ask("What is 1 + 2?").withOptions(GREEDY.withGeneration(endless));
    try (Answers one = model.answer(request);
        Answers other = model.answer(request.withOptions(GREEDY));
        Answers waits = model.answer(request)) {
      assertEquals(FinishReason.DEADLINE, waits.first().complete().reason());
      assertEquals(FinishReason.DEADLINE, one.first().complete().reason());
      assertEquals(FinishReason.END, other.first().complete().reason());
    }
  }

  @Test
  void aCancelledAnswerEndsAtOnceAndGivesBackItsMemory() {
    try (Answers answers = model.answer(ask("Tell me a story about a fox."))) {
      answers.first().iterator().next();
      answers.cancel();
      assertEquals(FinishReason.CANCELLED, answers.first().complete().reason());
      assertEquals(0, model.cache().usedPages());
    }
  }

  @Test
  void anAnswerEndsWhereTheContextDoes() {
    GenerationOptions endless = GenerationOptions.builder().ignoreEnd(true).build();
    AnswerRequest request =
        AnswerRequest.text("Once upon a time")
            .withOptions(ChatOptions.DEFAULT.withGeneration(endless));
    try (Answers answers = model.answer(request)) {
      assertEquals(FinishReason.NO_ROOM, answers.first().complete().reason());
    }
  }
}
