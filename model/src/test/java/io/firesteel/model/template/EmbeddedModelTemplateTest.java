package io.firesteel.model.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.firesteel.loader.Gguf;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The embedded model's own template against the reference renderings that came with it. */
class EmbeddedModelTemplateTest {
  private static final String MODEL = "/io/firesteel/tinymoe/tiny-moe-q4_k_m.gguf";
  private static final String REFERENCE = "/io/firesteel/model/reference/reference.json";

  @TempDir Path folder;

  @TestFactory
  List<DynamicTest> rendersTheReferenceConversations() throws IOException {
    ChatTemplates templates = templates();
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode node : Json.parse(resource(REFERENCE)).get("template_tests")) {
      String text = node.get("text").stringValue();
      JsonNode input = ((ObjectNode) node).deepCopy().without("text");
      tests.add(
          dynamicTest(
              "conversation " + tests.size(),
              () -> assertEquals(text, templates.render(ChatRequest.fromJson(input)))));
    }
    assertEquals(6, tests.size());
    return tests;
  }

  private ChatTemplates templates() throws IOException {
    Path file = folder.resolve("model.gguf");
    try (InputStream model = EmbeddedModelTemplateTest.class.getResourceAsStream(MODEL)) {
      Files.copy(model, file);
    }
    try (Gguf gguf = Gguf.open(file)) {
      return ChatTemplates.of(gguf.metadata(), "", "<|im_end|>");
    }
  }

  private static String resource(String name) throws IOException {
    try (InputStream stream = EmbeddedModelTemplateTest.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
