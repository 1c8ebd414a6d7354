package io.firesteel.model.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.conformance.ReferenceModel.Prompt;
import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.engine.EngineProvider;
import io.firesteel.model.engine.HiddenStates;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.Rows;
import io.firesteel.model.reference.ReferenceOps;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * What an engine must make of the trained model. A subclass names the provider and the error it may
 * have; its constructor is all it needs.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class EngineConformance {
  private static final int PAGE_TOKENS = 16;
  private static final int CACHE_TOKENS = 2048;

  private final EngineProvider provider;
  private final KvFormat kvFormat;
  private final double largestNmse;
  private final ReferenceModel reference = ReferenceModel.load();
  private Gguf file;
  private ModelWeights weights;
  private Engine engine;

  /**
   * Tests a provider.
   *
   * @param kvFormat cache format to use
   * @param largestNmse largest error of logits that is accepted
   */
  protected EngineConformance(EngineProvider provider, KvFormat kvFormat, double largestNmse) {
    this.provider = provider;
    this.kvFormat = kvFormat;
    this.largestNmse = largestNmse;
  }

  @BeforeAll
  void open() throws EngineException {
    file = ReferenceModel.open();
    weights = ModelWeights.of(file);
    engine = openEngine();
  }

  private Engine openEngine() throws EngineException {
    EngineOptions options = new EngineOptions(2, CACHE_TOKENS, kvFormat, PAGE_TOKENS, 512);
    return provider.open(weights, options, Progress.NONE);
  }

  @AfterAll
  void close() {
    engine.close();
    file.close();
  }

  @TestFactory
  Stream<DynamicTest> logitsAfterEachPromptMatchTheReference() {
    return reference.prompts().stream()
        .map(prompt -> DynamicTest.dynamicTest(prompt.name(), () -> checkLogits(prompt)));
  }

  private void checkLogits(Prompt prompt) throws EngineException {
    double nmse = Nmse.of(prefill(prompt.ids(), pages(0, 32)), prompt.lastLogits());
    System.out.printf(
        "%s, %s cache: NMSE of logits after \"%s\" %.3g%n",
        engine.name(), kvFormat, prompt.name(), nmse);
    assertTrue(nmse <= largestNmse, "NMSE is " + nmse + ", expected at most " + largestNmse);
  }

  @TestFactory
  Stream<DynamicTest> greedyContinuationsEqualTheReference() {
    return reference.prompts().stream()
        .filter(Prompt::isDecided)
        .map(prompt -> DynamicTest.dynamicTest(prompt.name(), () -> checkGreedy(prompt)));
  }

  private void checkGreedy(Prompt prompt) throws EngineException {
    int[] pages = pages(0, 32);
    float[] logits = prefill(prompt.ids(), pages);
    int[] drawn = new int[prompt.decided()];
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] = mostLikely(logits);
      logits = step(drawn[i], prompt.ids().length + i, pages);
    }
    assertArrayEquals(Arrays.copyOf(prompt.greedy(), prompt.decided()), drawn);
  }

  @Test
  void oneRowAtATimeGivesTheSameBitsAsAllAtOnce() throws EngineException {
    Prompt prompt = prompt("tools");
    float[] atOnce = prefill(prompt.ids(), pages(0, 32));
    float[] oneByOne = {};
    for (int i = 0; i < prompt.ids().length; i++) {
      oneByOne = step(prompt.ids()[i], i, pages(32, 32));
    }
    assertArrayEquals(atOnce, oneByOne);
  }

  @Test
  void sequencesSideBySideGiveTheSameBitsAsOneAfterTheOther() throws EngineException {
    List<Prompt> prompts = reference.prompts();
    int shortest = prompts.stream().mapToInt(p -> p.ids().length).min().orElseThrow();
    int[][] pageTables = new int[prompts.size()][];
    Arrays.setAll(pageTables, s -> pages(10 * s, 10));
    float[][] alone = new float[prompts.size()][];
    for (int s = 0; s < alone.length; s++) {
      alone[s] = prefill(Arrays.copyOf(prompts.get(s).ids(), shortest), pageTables[s]);
    }
    float[] together = {};
    for (int position = 0; position < shortest; position++) {
      together = stepAll(prompts, position, pageTables);
    }
    for (int s = 0; s < alone.length; s++) {
      int from = s * engine.vocabulary();
      assertArrayEquals(
          alone[s],
          Arrays.copyOfRange(together, from, from + engine.vocabulary()),
          "sequence " + s);
    }
  }

  private float[] stepAll(List<Prompt> prompts, int position, int[][] pageTables)
      throws EngineException {
    int count = prompts.size();
    int[] each = IntStream.range(0, count).toArray();
    int[] positions = new int[count];
    Arrays.fill(positions, position);
    int[] tokens = prompts.stream().mapToInt(p -> p.ids()[position]).toArray();
    float[] logits = new float[count * engine.vocabulary()];
    engine.forward(new Batch(tokens, new Rows(each, positions, pageTables), each), logits);
    return logits;
  }

  @Test
  void onlyTheRowsAskedForGetLogits() throws EngineException {
    int[] ids = prompt("facts").ids();
    int[] rows = {3, 20, ids.length - 1};
    float[] some = new float[rows.length * engine.vocabulary()];
    engine.forward(new Batch(ids, Rows.ofSequence(0, ids.length, pages(0, 32)), rows), some);
    for (int i = 0; i < rows.length; i++) {
      float[] expected = prefill(Arrays.copyOf(ids, rows[i] + 1), pages(0, 32));
      int from = i * engine.vocabulary();
      assertArrayEquals(expected, Arrays.copyOfRange(some, from, from + engine.vocabulary()));
    }
  }

  @TestFactory
  Stream<DynamicTest> hiddenStatesThroughTheOutputHeadAreTheReferencesLogits() {
    HiddenStates states = engine.hiddenStates().orElse(null);
    assumeTrue(states != null, () -> "the engine " + engine.name() + " gives no hidden states");
    return reference.prompts().stream()
        .map(prompt -> DynamicTest.dynamicTest(prompt.name(), () -> checkStates(states, prompt)));
  }

  private void checkStates(HiddenStates states, Prompt prompt) throws EngineException {
    int[] ids = prompt.ids();
    int[] wanted = {1, ids.length - 1};
    int hidden = weights.config().hidden();
    float[] rows = new float[wanted.length * hidden];
    states.forward(new Batch(ids, Rows.ofSequence(0, ids.length, pages(0, 32)), wanted), rows);
    float[] logits = new float[engine.vocabulary()];
    float[] last = Arrays.copyOfRange(rows, hidden, 2 * hidden);
    new ReferenceOps().run(new Logits(last, weights.outputNorm(), weights.output(), logits));
    double nmse = Nmse.of(logits, prompt.lastLogits());
    assertTrue(nmse <= largestNmse, "NMSE is " + nmse + ", expected at most " + largestNmse);
  }

  @Test
  void copiedAndRestoredPagesContinueWithTheSameBits() throws EngineException {
    int[] ids = prompt("java").ids();
    int[] original = pages(0, 8);
    int[] copies = pages(40, 8);
    int[] restored = pages(80, 8);
    int[] context = Arrays.copyOf(ids, 30);
    prefill(context, original);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment saved = arena.allocate(engine.kv().pageBytes());
      for (int i = 0; i < original.length; i++) {
        engine.kv().copy(original[i], copies[i]);
        engine.kv().read(original[i], saved);
        engine.kv().write(restored[i], saved);
      }
    }
    float[] expected = step(ids[30], 30, original);
    assertArrayEquals(expected, step(ids[30], 30, copies));
    assertArrayEquals(expected, step(ids[30], 30, restored));
  }

  @Test
  void memoryCoversWeightsAndPages() {
    long pages = engine.kv().pages() * engine.kv().pageBytes();
    assertTrue(engine.memoryBytes() >= pages + 10_000_000, "memory is " + engine.memoryBytes());
    assertEquals(CACHE_TOKENS / PAGE_TOKENS, engine.kv().pages());
  }

  @Test
  void aClosedEngineRefusesToWork() throws EngineException {
    Engine closed = openEngine();
    closed.close();
    closed.close();
    Batch batch = new Batch(new int[] {1}, Rows.ofSequence(0, 1, 0), new int[0]);
    assertThrows(IllegalStateException.class, () -> closed.forward(batch, new float[0]));
    assertThrows(IllegalStateException.class, () -> closed.kv().copy(0, 1));
    assertThrows(IllegalStateException.class, closed::memoryBytes);
  }

  private Prompt prompt(String name) {
    return reference.prompts().stream()
        .filter(p -> p.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private float[] prefill(int[] ids, int[] pages) throws EngineException {
    float[] logits = new float[engine.vocabulary()];
    engine.forward(
        new Batch(ids, Rows.ofSequence(0, ids.length, pages), new int[] {ids.length - 1}), logits);
    return logits;
  }

  private float[] step(int token, int position, int[] pages) throws EngineException {
    float[] logits = new float[engine.vocabulary()];
    engine.forward(
        new Batch(new int[] {token}, Rows.ofSequence(position, 1, pages), new int[] {0}), logits);
    return logits;
  }

  private static int[] pages(int first, int count) {
    return IntStream.range(first, first + count).toArray();
  }

  private static int mostLikely(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }
}
