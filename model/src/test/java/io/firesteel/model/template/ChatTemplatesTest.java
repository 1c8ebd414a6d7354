package io.firesteel.model.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.Metadata;
import io.firesteel.model.template.jinja.TemplateException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChatTemplatesTest {
  private static final ChatRequest HELLO =
      ChatRequest.of(Message.system("S"), Message.user("Hello"));
  private static final Tool CLOCK = Tool.function("clock", "Time", Map.of());

  private static ChatTemplates templates(Metadata metadata) {
    return ChatTemplates.of(metadata, "<s>", "</s>");
  }

  private static Metadata empty() {
    return Metadata.of("model.gguf", Map.of());
  }

  @Test
  void theDefaultTemplateSeesMessagesTokensAndSwitches() {
    Metadata metadata =
        empty()
            .with(
                "tokenizer.chat_template",
                "{{ bos_token }}{% for m in messages %}{{ m.role }}:{{ m.content }}{{ eos_token"
                    + " }}{% endfor %}{{ add_generation_prompt }} {{ enable_thinking is defined }}"
                    + " {{ tools is defined }} {{ extra }}");
    assertEquals(
        "<s>system:S</s>user:Hello</s>True False False ", templates(metadata).render(HELLO));
    ChatRequest more =
        HELLO
            .withTools(List.of(CLOCK))
            .withThinking(false)
            .withGenerationPrompt(false)
            .withVariable("extra", 7);
    assertEquals(
        "<s>system:S</s>user:Hello</s>False True True 7", templates(metadata).render(more));
  }

  @Test
  void theToolVariantServesConversationsWithTools() {
    Metadata metadata =
        empty()
            .with("tokenizer.chat_template", "plain")
            .with("tokenizer.chat_template.tool_use", "{{ tools[0].function.name }}");
    ChatTemplates templates = templates(metadata);
    assertEquals(Set.of("default", "tool_use"), templates.names());
    assertEquals("plain", templates.render(HELLO));
    assertEquals("clock", templates.render(HELLO.withTools(List.of(CLOCK))));
  }

  @Test
  void aModelWithoutTemplateSaysSoAndChatMlIsAChoice() {
    ChatTemplates templates = templates(empty());
    var error = assertThrows(NoChatTemplateException.class, () -> templates.render(HELLO));
    assertTrue(
        error.getMessage().startsWith("model.gguf has no chat template"), error.getMessage());
    assertEquals(
        """
        <|im_start|>system
        S<|im_end|>
        <|im_start|>user
        Hello<|im_end|>
        <|im_start|>assistant
        """,
        templates.forRequestOrChatMl(HELLO).render(HELLO));
  }

  @Test
  void aBrokenVariantIsAnErrorOnlyWhereItIsUsed() {
    Metadata metadata =
        empty()
            .with("tokenizer.chat_template", "plain")
            .with("tokenizer.chat_template.rag", "\n{% if %}");
    ChatTemplates templates = templates(metadata);
    assertEquals("plain", templates.render(HELLO));
    var error = assertThrows(TemplateException.class, () -> templates.named("rag"));
    assertEquals(2, error.line());
    assertThrows(NoChatTemplateException.class, () -> templates.named("other"));
  }

  @Test
  void messagesKeepTheirJsonAsItIs() {
    String json =
        "{\"content\":null,\"role\":\"assistant\",\"tool_calls\":[{\"id\":\"c1\",\"function\":"
            + "{\"name\":\"clock\",\"arguments\":{\"zone\":\"UTC\"}}}],\"x\":[1,2.5,true]}";
    Message message = Message.fromJson(Json.parse(json));
    assertEquals(json, Json.write(message.fields()));
    assertTrue(message.content().isEmpty());
    assertEquals("clock", message.toolCalls().getFirst().name());
    assertEquals("{\"zone\":\"UTC\"}", message.toolCalls().getFirst().argumentsJson());
  }

  @Test
  void contentPartsJoinToText() {
    Message message =
        Message.fromJson(
            Json.parse(
                "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"image\"},"
                    + "{\"type\":\"text\",\"text\":\"b\"}]}"));
    assertEquals("ab", message.text());
    assertEquals("image", ((Content.Parts) message.content().orElseThrow()).parts().get(1).type());
  }

  @Test
  void badRequestsAreRefusedByName() {
    var noRole =
        assertThrows(
            IllegalArgumentException.class,
            () -> ChatRequest.fromJson(Json.parse("{\"messages\":[{\"content\":\"x\"}]}")));
    assertTrue(noRole.getMessage().contains("'role'"), noRole.getMessage());
    var noList =
        assertThrows(
            IllegalArgumentException.class,
            () -> ChatRequest.fromJson(Json.parse("{\"messages\":7}")));
    assertTrue(noList.getMessage().contains("'messages' must be a list"), noList.getMessage());
  }
}
