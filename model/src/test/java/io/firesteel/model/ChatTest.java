package io.firesteel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.template.Message;
import io.firesteel.model.template.Tool;
import io.firesteel.model.template.ToolCall;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Conversations in messages with the embedded model on the CPU engine. */
class ChatTest {
  private static final ChatOptions GREEDY =
      ChatOptions.DEFAULT.withGeneration(
          GenerationOptions.GREEDY.toBuilder().maxTokens(60).build());

  private static Model model;

  @BeforeAll
  static void load() throws IOException {
    model = Model.embedded(ModelOptions.builder().engine("cpu").contextLength(512).build());
  }

  @AfterAll
  static void unload() {
    assertEquals(0, model.cache().usedPages());
    model.close();
  }

  @Test
  void answersInMessages() {
    try (Chat chat = model.chat(GREEDY)) {
      StringBuilder text = new StringBuilder();
      for (Piece piece : chat.ask("What is 345 + 87?")) {
        text.append(piece.text());
      }
      assertTrue(text.toString().contains("432"), text.toString());
      assertEquals(
          List.of("user", "assistant"), chat.messages().stream().map(Message::role).toList());
      assertEquals(text.toString().strip(), chat.lastAnswer().orElseThrow().text());
    }
  }

  @Test
  void computesOnlyWhatIsNewAndAnswersAsIfAllWereNew() {
    List<Message> messages;
    String second;
    try (Chat chat = model.chat(GREEDY)) {
      chat.ask("What is 345 + 87?").complete();
      int before = chat.session().length();
      Completion answer = chat.ask("What is 12 - 7?").complete();
      second = answer.text();
      messages = chat.messages();
      int added = chat.session().length() - before - answer.statistics().generatedTokens();
      assertTrue(
          answer.statistics().promptTokens() <= added + 2,
          answer.statistics().promptTokens() + " tokens were computed, " + added + " are new");
    }
    try (Chat fresh = model.chat(GREEDY)) {
      messages.subList(0, 3).forEach(fresh::add);
      assertEquals(second, fresh.respond().complete().text());
    }
  }

  @Test
  void callsToolsAndHearsTheirResults() {
    Tool taxi =
        Tool.function(
            "order_taxi",
            "Order a taxi",
            Map.of(
                "type",
                "object",
                "properties",
                Map.of(
                    "pickup", Map.of("type", "string", "description", "Where to start"),
                    "dropoff", Map.of("type", "string", "description", "Where to go")),
                "required",
                List.of("pickup", "dropoff")));
    try (Chat chat = model.chat(GREEDY.withTools(taxi))) {
      chat.ask("Order a taxi from the market to the island.").complete();
      List<ToolCall> calls = chat.lastAnswer().orElseThrow().toolCalls();
      assertEquals(
          List.of(ToolCall.of("order_taxi", Map.of("pickup", "market", "dropoff", "island"))),
          calls);
      chat.add(Message.tool(null, "order_taxi", "{\"status\": \"ordered\"}"));
      assertFalse(chat.respond().complete().text().isBlank());
      assertEquals(4, chat.messages().size());
    }
  }

  @Test
  void anAnswerLeftBeforeItsEndIsPartOfTheConversation() {
    try (Chat chat = model.chat(GREEDY)) {
      Generation story = chat.ask("Tell me a story about a fox.");
      story.iterator().next();
      story.iterator().next();
      chat.ask("What is 345 + 87?").complete();
      assertEquals(4, chat.messages().size());
      assertEquals(story.text().strip(), chat.messages().get(1).text());
    }
  }

  @Test
  void aMessageThatDoesNotFitIsTakenBack() {
    try (Chat chat = model.chat(GREEDY)) {
      assertThrows(ContextFullException.class, () -> chat.ask("word ".repeat(600)));
      assertTrue(chat.messages().isEmpty());
      assertTrue(chat.ask("What is 345 + 87?").complete().text().contains("432"));
    }
  }
}
