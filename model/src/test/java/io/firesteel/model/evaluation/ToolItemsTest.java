package io.firesteel.model.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.Chat;
import io.firesteel.model.ChatOptions;
import io.firesteel.model.EmbeddedModel;
import io.firesteel.model.GenerationOptions;
import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import io.firesteel.model.Session;
import io.firesteel.model.ToolChoice;
import io.firesteel.model.template.ChatRequest;
import io.firesteel.model.template.Message;
import io.firesteel.model.template.Tool;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The shipped questions about tools, answered freely and held to the tools' names and schemas.
 * Every fifth of the 60; all with {@code -Dtools.items=60}.
 */
class ToolItemsTest {
  private static final int ITEMS = Integer.getInteger("tools.items", 12);
  private static final int MOST_TOKENS = 200;

  private static final GenerationOptions GREEDY =
      GenerationOptions.GREEDY.toBuilder().maxTokens(MOST_TOKENS).build();

  private static List<EvaluationItem> items() throws IOException {
    List<EvaluationItem> tools =
        EvaluationItem.read("eval.jsonl", EmbeddedModel.evaluationItems()).stream()
            .filter(item -> item.category().equals("tools"))
            .toList();
    assertEquals(60, tools.size());
    return IntStream.range(0, ITEMS).mapToObj(i -> tools.get(i * tools.size() / ITEMS)).toList();
  }

  private static List<Message> messages(EvaluationItem item) {
    return item.messages().valueStream().map(Message::fromJson).toList();
  }

  private static Tool[] tools(EvaluationItem item) {
    return item.tools().valueStream().map(Tool::fromJson).toArray(Tool[]::new);
  }

  private static String free(Model model, EvaluationItem item) {
    ChatRequest request =
        new ChatRequest(
            messages(item),
            List.of(tools(item)),
            true,
            ChatOptions.DEFAULT.enableThinking(),
            ChatOptions.DEFAULT.variables());
    String prompt = model.templates().forRequest(request).render(request);
    try (Session session = model.session()) {
      session.prompt(model.tokenizer().encode(prompt, false, true));
      return session.generate(GREEDY).complete().text();
    }
  }

  private static String held(Model model, EvaluationItem item, ToolChoice choice) {
    ChatOptions options =
        ChatOptions.DEFAULT.withTools(tools(item)).withGeneration(GREEDY).withToolChoice(choice);
    try (Chat chat = model.chat(options)) {
      messages(item).forEach(chat::add);
      return chat.respond().complete().text();
    }
  }

  @Test
  void answersHeldToTheToolsAreRightAsOftenAsFreeOnes() throws IOException {
    int free = 0;
    int held = 0;
    int calls = 0;
    int forced = 0;
    try (Model model = Model.embedded(ModelOptions.builder().engine("cpu").build())) {
      for (EvaluationItem item : items()) {
        free += item.check().passes(free(model, item)) ? 1 : 0;
        held += item.check().passes(held(model, item, ToolChoice.AUTO)) ? 1 : 0;
        if (item.check() instanceof Check.ToolCalls) {
          calls++;
          forced += item.check().passes(held(model, item, ToolChoice.REQUIRED)) ? 1 : 0;
        }
      }
    }
    System.out.printf(
        "questions about tools: %d of %d right when free, %d when held to the tools;"
            + " %d of %d calls right when a call is required%n",
        free, ITEMS, held, forced, calls);
    assertTrue(held >= free, held + " right when held, " + free + " when free");
    assertEquals(calls, forced);
  }
}
