package io.firesteel.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.GgufException;
import io.firesteel.loader.Metadata;
import io.firesteel.loader.MetadataValue;
import io.firesteel.loader.ValueType;
import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.engine.EngineProvider;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.Rows;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Vectors of texts against hidden states that were computed one text at a time. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddingsTest {
  private static final String LONG =
      "A river runs to the sea, and the sea runs to the sky. ".repeat(20);
  private static final List<String> TEXTS =
      List.of("The sky is blue.", "7 + 5", LONG, "Kirkwood has a river.", "a");

  private Model model;

  @BeforeAll
  void load() throws IOException {
    model = Model.embedded(ModelOptions.builder().engine("cpu").cacheTokens(4096).build());
  }

  @AfterAll
  void close() {
    model.close();
  }

  private int[] tokens(String text) {
    return model.tokenizer().encode(text, true, false);
  }

  private static double length(float[] vector) {
    double squares = 0;
    for (float v : vector) {
      squares += (double) v * v;
    }
    return Math.sqrt(squares);
  }

  /** What the engine alone makes of a text, pooled as the definition reads. */
  private static double[] expected(Engine engine, ModelWeights weights, int[] ids, Pooling pooling)
      throws IOException {
    int hidden = weights.config().hidden();
    int[] all = IntStream.range(0, ids.length).toArray();
    int[] pages = IntStream.range(0, engine.kv().pages()).toArray();
    float[] states = new float[ids.length * hidden];
    engine
        .hiddenStates()
        .orElseThrow()
        .forward(new Batch(ids, Rows.ofSequence(0, ids.length, pages), all), states);
    int[] counted =
        switch (pooling) {
          case MEAN -> all;
          case FIRST -> new int[] {0};
          case LAST -> new int[] {ids.length - 1};
        };
    double[] vector = new double[hidden];
    for (int row : counted) {
      double[] normed =
          normed(
              Arrays.copyOfRange(states, row * hidden, (row + 1) * hidden), weights.outputNorm());
      for (int i = 0; i < hidden; i++) {
        vector[i] += normed[i] / counted.length;
      }
    }
    return vector;
  }

  private static double[] normed(float[] x, Norm norm) {
    double mean =
        IntStream.range(0, x.length).mapToDouble(i -> (double) x[i] * x[i]).sum() / x.length;
    double root = Math.sqrt(mean + norm.epsilon());
    return IntStream.range(0, x.length).mapToDouble(i -> x[i] / root * norm.weight()[i]).toArray();
  }

  private static EngineProvider cpu() {
    return ServiceLoader.load(EngineProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals("cpu"))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @EnumSource
  void vectorsArePooledHiddenStates(Pooling pooling) throws IOException {
    EmbeddingRequest request = EmbeddingRequest.texts(TEXTS).withPooling(pooling).unnormalised();
    List<float[]> vectors = model.embed(request).vectors();
    ModelWeights weights = ModelWeights.of(EmbeddedModel.open());
    EngineOptions options = new EngineOptions(2, 1024, KvFormat.F16, 64, 512);
    try (Engine engine = cpu().open(weights, options, Progress.NONE)) {
      for (int i = 0; i < TEXTS.size(); i++) {
        double[] expected = expected(engine, weights, tokens(TEXTS.get(i)), pooling);
        for (int j = 0; j < expected.length; j++) {
          assertEquals(expected[j], vectors.get(i)[j], 1e-5, "text " + i + ", element " + j);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTextsVectorIsTheSameAloneAndAmongOthers(Pooling pooling) {
    assertTrue(tokens(LONG).length > 2 * TextSteps.ROWS, "the long text takes several steps");
    EmbeddingRequest all = EmbeddingRequest.texts(TEXTS).withPooling(pooling);
    List<float[]> together = model.embed(all).vectors();
    for (int i = 0; i < TEXTS.size(); i++) {
      EmbeddingRequest alone = EmbeddingRequest.texts(List.of(TEXTS.get(i))).withPooling(pooling);
      assertArrayEquals(model.embed(alone).vectors().getFirst(), together.get(i), "text " + i);
    }
  }

  @Test
  void vectorsHaveTheLength1UnlessAskedOtherwise() {
    float[] vector = model.embed("The sky is blue.").vectors().getFirst();
    assertEquals(model.embeddingWidth(), vector.length);
    assertEquals(1, length(vector), 1e-6);
    EmbeddingRequest request = EmbeddingRequest.texts(List.of("The sky is blue.")).unnormalised();
    float[] raw = model.embed(request).vectors().getFirst();
    for (int i = 0; i < raw.length; i++) {
      assertEquals(raw[i] / length(raw), vector[i], 1e-6);
    }
  }

  @Test
  void fewerDimensionsAreTheFirstOnesScaledToTheLength1() {
    EmbeddingRequest request = EmbeddingRequest.texts(List.of("The sky is blue."));
    float[] whole = model.embed(request).vectors().getFirst();
    float[] part = model.embed(request.withDimensions(16)).vectors().getFirst();
    assertEquals(16, part.length);
    assertEquals(1, length(part), 1e-6);
    double first = length(Arrays.copyOf(whole, 16));
    for (int i = 0; i < 16; i++) {
      assertEquals(whole[i] / first, part[i], 1e-6);
    }
  }

  @Test
  void tokensAreCountedAndGiveTheSameVectorsAsTheirText() {
    Embeddings ofTexts = model.embed("The sky is blue.", "7 + 5");
    int[] first = tokens("The sky is blue.");
    int[] second = tokens("7 + 5");
    Embeddings ofTokens =
        model.embed(
            EmbeddingRequest.of(
                List.of(
                    new EmbeddingRequest.Input.Tokens(first),
                    new EmbeddingRequest.Input.Tokens(second))));
    assertEquals(first.length + second.length, ofTexts.tokens());
    assertEquals(ofTexts.tokens(), ofTokens.tokens());
    assertArrayEquals(ofTexts.vectors().get(1), ofTokens.vectors().get(1));
  }

  @Test
  void whatCannotBeEmbeddedIsRefusedAndLeavesNothingBehind() {
    int free = model.cache().freePages();
    assertMessage("text 1 has no tokens, expected at least one", () -> model.embed("a", ""));
    assertMessage(
        "dimensions is 257, expected at most 256",
        () -> model.embed(EmbeddingRequest.texts(List.of("a")).withDimensions(257)));
    EmbeddingRequest.Input wrong = new EmbeddingRequest.Input.Tokens(3, 1_000_000);
    assertMessage(
        "text 0 has the token 1000000, expected 0 to " + (model.config().vocabulary() - 1),
        () -> model.embed(EmbeddingRequest.of(List.of(wrong))));
    assertThrows(ContextFullException.class, () -> model.embed(LONG.repeat(20)));
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> model.embed("a"));
    assertTrue(Thread.interrupted(), "the thread stays interrupted");
    assertEquals(free, model.cache().freePages());
    assertEquals(0, model.load().running());
  }

  private static void assertMessage(String expected, Runnable body) {
    assertEquals(expected, assertThrows(IllegalArgumentException.class, body::run).getMessage());
  }

  @Test
  void anEngineWithoutHiddenStatesNamesOneThatHasThem() throws IOException {
    EngineChoice fake = new EngineChoice(List.of(FakeProvider.usable("fake", 1)));
    try (Model other = Model.load(EmbeddedModel.open(), ModelOptions.DEFAULT, fake)) {
      assertEquals(
          "the engine fake gives no hidden states: load the model with the engine cpu",
          assertThrows(EmbeddingsUnsupportedException.class, () -> other.embed("a")).getMessage());
    }
  }

  @Test
  void theFileSaysHowToPool() {
    assertEquals(Optional.empty(), Pooling.of(pooling(0), "qwen3"));
    assertEquals(Optional.of(Pooling.MEAN), Pooling.of(pooling(1), "qwen3"));
    assertEquals(Optional.of(Pooling.FIRST), Pooling.of(pooling(2), "qwen3"));
    assertEquals(Optional.of(Pooling.LAST), Pooling.of(pooling(3), "qwen3"));
    assertEquals(Optional.empty(), Pooling.of(pooling(3), "llama"));
    assertTrue(Pooling.isRanking(pooling(4), "qwen3"));
    assertThrows(GgufException.class, () -> Pooling.of(pooling(5), "qwen3"));
  }

  private static Metadata pooling(int type) {
    return Metadata.of(
        "model.gguf",
        Map.of("qwen3.pooling_type", new MetadataValue.IntegerValue(ValueType.UINT32, type)));
  }
}
