package io.firesteel.model.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.loader.Gguf;
import io.firesteel.model.EmbeddedModel;
import io.firesteel.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * A thousand schemas of growing size, each walked through at random, judged by another validator.
 */
class RandomSchemasTest {
  private static final int SCHEMAS = 1000;
  private static final int WALKS = 1;
  private static final List<JsonSpacing> SPACINGS =
      List.of(JsonSpacing.COMPACT, JsonSpacing.SPACED, JsonSpacing.FREE);

  @Test
  void everyTextThatAGrammarLetsThroughIsValid() throws IOException {
    Tokenizer tokenizer;
    try (Gguf file = EmbeddedModel.open()) {
      tokenizer = Tokenizer.from(file.metadata());
    }
    RandomWalk walk = new RandomWalk(tokenizer, tokenizer.vocabularySize());
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < SCHEMAS && problems.size() < 10; i++) {
      JsonNode schema = RandomSchemas.schema(i, 1 + i / 50);
      Grammar grammar = Grammar.jsonSchema(schema, SPACINGS.get(i % SPACINGS.size()));
      SchemaValidity validity = new SchemaValidity(schema);
      for (int j = 0; j < WALKS; j++) {
        SplittableRandom random = new SplittableRandom(31L * i + j);
        String text = walk.text(grammar, random, random.nextInt(120));
        String problem = validity.problem(text);
        if (!problem.isEmpty()) {
          problems.add("schema %d: %s\n  %s\n  %s".formatted(i, problem, schema, text));
        }
      }
    }
    assertEquals(List.of(), problems);
  }
}
