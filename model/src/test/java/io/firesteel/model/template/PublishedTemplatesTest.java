package io.firesteel.model.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.firesteel.model.template.jinja.TemplateRaisedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Published templates of other models, with what Jinja2 makes of them in the settings of the
 * transformers library.
 */
class PublishedTemplatesTest {
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-01-31T12:00:00Z"), ZoneOffset.UTC);

  @TestFactory
  List<DynamicTest> publishedTemplatesRenderByteForByte() throws IOException {
    Optional<Path> folder = SharedFolder.find("templates");
    assumeTrue(
        folder.isPresent(),
        "skipped: no folder shared/templates with cases.json lies beside the checkout");
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode node : Json.parse(Files.readString(folder.get().resolve("cases.json")))) {
      String name = node.get("template").stringValue() + ": " + node.get("name").stringValue();
      String source = Files.readString(folder.get().resolve(node.get("template").stringValue()));
      tests.add(dynamicTest(name, () -> check(node, source)));
    }
    assertTrue(tests.size() >= 129, "only " + tests.size() + " cases");
    return tests;
  }

  private static void check(JsonNode node, String source) {
    ObjectNode input = ((ObjectNode) node.get("input")).deepCopy();
    String bos = input.remove("bos_token").stringValue();
    String eos = input.remove("eos_token").stringValue();
    ChatTemplate template = ChatTemplate.parse(source, bos, eos).withClock(NOON);
    ChatRequest request = ChatRequest.fromJson(input);
    if (node.has("error")) {
      var raised = assertThrows(TemplateRaisedException.class, () -> template.render(request));
      assertEquals(node.get("error").stringValue(), raised.problem());
      assertTrue(raised.line() > 0, "no line");
    } else {
      assertEquals(node.get("text").stringValue(), template.render(request));
    }
  }
}
