package io.firesteel.ptx.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.conformance.Nmse;
import io.firesteel.model.conformance.ReferenceModel;
import io.firesteel.model.cpu.CpuEngineProvider;
import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.DecodeRequest;
import io.firesteel.model.engine.DeviceDecoder;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.ops.Rows;
import io.firesteel.model.sampling.History;
import io.firesteel.model.sampling.InvalidLogitsException;
import io.firesteel.model.sampling.Sampler;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.model.sampling.TokenMask;
import io.firesteel.ptx.kernel.Target;
import io.firesteel.ptx.sim.SimDevice;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine on the interpreter with the trained model: a short prompt and a few tokens after it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PtxEngineOnInterpreterTest {
  private static final int[] PAGES = {5, 2};

  /** Of logits against the CPU engine, whose activations are not rounded to 8 bits. */
  private static final double LARGEST_NMSE = 1e-3;

  /** Of a row alone against the same row beside others: the order of float sums may differ. */
  private static final double LARGEST_DIFFERENCE = 1e-5;

  private static final int LENGTH = 6;

  private Gguf file;
  private ModelWeights weights;
  private Engine cpu;
  private Engine ptx;

  @BeforeAll
  void open() throws EngineException {
    file = ReferenceModel.open();
    weights = ModelWeights.of(file);
    cpu = new CpuEngineProvider().open(weights, options(KvFormat.F16), Progress.NONE);
    ptx = openPtx(KvFormat.F16);
  }

  private Engine openPtx(KvFormat format) throws EngineException {
    SimDevice device = new SimDevice(3, Target.SM_90, 2, true);
    return PtxEngine.open(device, weights, options(format), Progress.NONE);
  }

  private static EngineOptions options(KvFormat format) {
    return new EngineOptions(2, 128, format, 16, 72);
  }

  @AfterAll
  void close() {
    ptx.close();
    cpu.close();
    file.close();
  }

  @Test
  void promptAndDecodedTokensAgreeWithTheCpuEngine() throws EngineException {
    int[] ids = longestPrompt();
    int[] start = Arrays.copyOf(ids, LENGTH);
    int[] wanted = {1, LENGTH - 2, LENGTH - 1};
    agree(new Batch(start, Rows.ofSequence(0, LENGTH, PAGES), wanted));
    // the second and third decode step run from a recording
    for (int i = LENGTH; i < LENGTH + 3; i++) {
      agree(new Batch(new int[] {ids[i]}, Rows.ofSequence(i, 1, PAGES), new int[] {0}));
    }
  }

  @Test
  void hiddenStatesAgreeWithTheCpuEngine() throws EngineException {
    int[] ids = Arrays.copyOf(longestPrompt(), LENGTH);
    int[] wanted = {1, LENGTH - 1};
    Batch batch = new Batch(ids, Rows.ofSequence(0, LENGTH, PAGES), wanted);
    float[] expected = new float[wanted.length * weights.config().hidden()];
    float[] states = new float[expected.length];
    cpu.hiddenStates().orElseThrow().forward(batch, expected);
    ptx.hiddenStates().orElseThrow().forward(batch, states);
    double nmse = Nmse.of(states, expected);
    assertTrue(nmse <= LARGEST_NMSE, "NMSE is " + nmse);
  }

  @Test
  void sequencesSideBySideAgreeWithEachAlone() throws EngineException {
    int vocabulary = ptx.vocabulary();
    float[] together = new float[2 * vocabulary];
    float[] alone = new float[vocabulary];
    int[] tokens = Arrays.copyOf(longestPrompt(), 2);
    Rows both = new Rows(new int[] {0, 1}, new int[] {0, 0}, new int[][] {{4}, {1}});
    ptx.forward(new Batch(tokens, both, new int[] {0, 1}), together);
    for (int s = 0; s < 2; s++) {
      Rows one = Rows.ofSequence(0, 1, 6);
      ptx.forward(new Batch(new int[] {tokens[s]}, one, new int[] {0}), alone);
      float[] row = Arrays.copyOfRange(together, s * vocabulary, (s + 1) * vocabulary);
      double nmse = Nmse.of(row, alone);
      assertTrue(nmse <= LARGEST_DIFFERENCE, "NMSE of sequence " + s + " is " + nmse);
    }
  }

  @Test
  void manyRowsShareTheirExpertsAndAgreeWithTheCpuEngine() throws EngineException {
    int[] ids = longestPrompt();
    int rows = 33;
    int[] prompt = IntStream.range(0, rows).map(i -> ids[i % ids.length]).toArray();
    agree(new Batch(prompt, Rows.ofSequence(0, rows, 0, 3, 4), new int[] {rows - 1}));
  }

  @Test
  void aLongPromptGoesThroughTheMatrixUnitAndAgreesWithTheCpuEngine() throws EngineException {
    int[] ids = longestPrompt();
    int rows = TiledLaunches.FEWEST_ROWS + 7;
    int[] prompt = IntStream.range(0, rows).map(i -> ids[i % ids.length]).toArray();
    agree(new Batch(prompt, Rows.ofSequence(0, rows, 0, 3, 4, 6, 7), new int[] {5, rows - 1}));
  }

  @Test
  void tokensDecodedOnTheDeviceAreThoseWithTheLargestLogits() throws EngineException {
    int[] ids = longestPrompt();
    int[] start = Arrays.copyOf(ids, LENGTH);
    ptx.forward(new Batch(start, Rows.ofSequence(0, LENGTH, PAGES), new int[0]), new float[0]);
    int count = 4;
    int[] expected = new int[count];
    int token = ids[LENGTH];
    float[] logits = new float[ptx.vocabulary()];
    for (int i = 0; i < count; i++) {
      ptx.forward(
          new Batch(new int[] {token}, Rows.ofSequence(LENGTH + i, 1, PAGES), new int[] {0}),
          logits);
      token = largest(logits);
      expected[i] = token;
    }
    assertArrayEquals(expected, decode(ids[LENGTH], count));
    assertArrayEquals(
        Arrays.copyOf(expected, firstIndex(expected, expected[2]) + 1),
        decode(ids[LENGTH], count, expected[2]),
        "decoding ends with the stop token");
  }

  @Test
  void tokensSampledOnTheDeviceAreThoseThatTheHostDraws() throws EngineException {
    int[] ids = longestPrompt();
    int[] start = Arrays.copyOf(ids, LENGTH);
    ptx.forward(new Batch(start, Rows.ofSequence(0, LENGTH, PAGES), new int[0]), new float[0]);
    SamplingParameters parameters =
        SamplingParameters.builder()
            .temperature(1.5f)
            .topK(30)
            .repeatPenalty(1.3f, 64)
            .seed(9)
            .build();
    DeviceDecoder decoder = ptx.deviceDecoder().orElseThrow();
    assertTrue(decoder.supports(parameters));
    int[] drawn =
        decoder.decode(
            new DecodeRequest(
                ids[LENGTH],
                LENGTH,
                PAGES,
                3,
                parameters,
                Arrays.copyOf(ids, LENGTH + 1),
                5,
                new int[0]));
    Sampler sampler = new Sampler(parameters, ptx.vocabulary());
    int[] tokens = Arrays.copyOf(ids, LENGTH + 1 + drawn.length);
    float[] logits = new float[ptx.vocabulary()];
    for (int i = 0; i < drawn.length; i++) {
      int at = LENGTH + i;
      ptx.forward(
          new Batch(new int[] {tokens[at]}, Rows.ofSequence(at, 1, PAGES), new int[] {0}), logits);
      History history = new History(tokens, at + 1);
      assertEquals(sampler.sample(logits, 0, history, 5 + i), drawn[i], "draw " + i);
      tokens[at + 1] = drawn[i];
    }
  }

  @ParameterizedTest
  @MethodSource("greedyAndSampled")
  void tokensDrawnUnderMasksAreThoseThatTheHostDraws(SamplingParameters parameters)
      throws EngineException {
    int[] ids = longestPrompt();
    int length = 10;
    int[] start = Arrays.copyOf(ids, length);
    int draws = parameters.greedy() ? 7 : 4;
    int[] tokens = Arrays.copyOf(ids, length + 1 + draws);
    DeviceDecoder decoder = ptx.deviceDecoder().orElseThrow();
    assertTrue(decoder.supports(parameters) && decoder.supportsMasks());
    ptx.forward(new Batch(start, Rows.ofSequence(0, length, PAGES), new int[0]), new float[0]);
    Random random = new Random(8);
    List<TokenMask> masks = Stream.generate(() -> someTokens(random)).limit(draws).toList();
    for (int i = 0; i < draws; i++) {
      // the second draw leaves its token unfed, something else is computed before the sixth,
      // and the page table grows at position 16
      int count = i == 1 ? 1 : 2;
      int position = length + i;
      int[] table = Arrays.copyOf(PAGES, Math.ceilDiv(position + count, 16));
      if (i == 5) {
        ptx.forward(new Batch(new int[] {3}, Rows.ofSequence(0, 1, 7), new int[0]), new float[0]);
      }
      tokens[position + 1] =
          decoder.decode(
              new DecodeRequest(
                  tokens[position],
                  position,
                  table,
                  count,
                  parameters,
                  Arrays.copyOf(tokens, position + 1),
                  i,
                  new int[0]),
              masks.get(i));
    }
    Sampler sampler = new Sampler(parameters, ptx.vocabulary());
    float[] logits = new float[ptx.vocabulary()];
    for (int i = 0; i < draws; i++) {
      int at = length + i;
      ptx.forward(
          new Batch(new int[] {tokens[at]}, Rows.ofSequence(at, 1, PAGES), new int[] {0}), logits);
      int expected = sampler.sample(logits, 0, new History(tokens, at + 1), i, masks.get(i));
      assertEquals(expected, tokens[at + 1], "draw " + i + " of " + masks.get(i));
    }
  }

  static Stream<SamplingParameters> greedyAndSampled() {
    return Stream.of(
        SamplingParameters.GREEDY,
        SamplingParameters.builder().temperature(1.5f).repeatPenalty(1.3f, 8).seed(9).build());
  }

  private TokenMask someTokens(Random random) {
    BitSet allowed = new BitSet();
    double share = random.nextDouble();
    for (int id = 0; id < ptx.vocabulary(); id++) {
      allowed.set(id, random.nextDouble() < share);
    }
    return TokenMask.of(ptx.vocabulary(), allowed);
  }

  @Test
  void aMaskThatLeavesNothingToDrawIsRefusedAndTheNextOneIsNot() throws EngineException {
    DeviceDecoder decoder = ptx.deviceDecoder().orElseThrow();
    SamplingParameters banned =
        SamplingParameters.GREEDY.toBuilder().logitBias(Map.of(4, Float.NEGATIVE_INFINITY)).build();
    BitSet four = new BitSet();
    four.set(4);
    TokenMask onlyFour = TokenMask.of(ptx.vocabulary(), four);
    DecodeRequest request =
        new DecodeRequest(1, 0, new int[] {6}, 2, banned, new int[0], 0, new int[0]);
    assertThrows(InvalidLogitsException.class, () -> decoder.decode(request, onlyFour));
    four.set(5);
    assertEquals(5, decoder.decode(request, TokenMask.of(ptx.vocabulary(), four)));
  }

  private int[] decode(int token, int count, int... stops) throws EngineException {
    DeviceDecoder decoder = ptx.deviceDecoder().orElseThrow();
    return decoder.decode(
        new DecodeRequest(
            token, LENGTH, PAGES, count, SamplingParameters.GREEDY, new int[] {token}, 0, stops));
  }

  private static int firstIndex(int[] values, int value) {
    return IntStream.range(0, values.length)
        .filter(i -> values[i] == value)
        .findFirst()
        .orElseThrow();
  }

  private static int largest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  private static int[] longestPrompt() {
    return ReferenceModel.load().prompts().stream()
        .map(ReferenceModel.Prompt::ids)
        .max(Comparator.comparingInt(ids -> ids.length))
        .orElseThrow();
  }

  private void agree(Batch batch) throws EngineException {
    float[] expected = new float[batch.logitRows().length * cpu.vocabulary()];
    float[] found = expected.clone();
    Arrays.fill(found, Float.NaN);
    cpu.forward(batch, expected);
    ptx.forward(batch, found);
    double nmse = Nmse.of(found, expected);
    assertTrue(nmse <= LARGEST_NMSE, "NMSE of logits is " + nmse);
  }

  @Test
  void wrongPagesAndTokensAreRefusedByName() {
    float[] logits = new float[ptx.vocabulary()];
    Batch page = new Batch(new int[] {1}, Rows.ofSequence(0, 1, 8), new int[] {0});
    assertTrue(refusal(page, logits).contains("page 0 of row 0 is 8"));
    Batch token = new Batch(new int[] {-1}, Rows.ofSequence(0, 1, 0), new int[] {0});
    assertTrue(refusal(token, logits).contains("token -1 of row 0"));
    Batch position = new Batch(new int[] {1}, Rows.ofSequence(16, 1, 0), new int[] {0});
    assertTrue(refusal(position, logits).contains("position 16"));
  }

  private String refusal(Batch batch, float[] logits) {
    return assertThrows(IllegalArgumentException.class, () -> ptx.forward(batch, logits))
        .getMessage();
  }

  @Test
  void formatsWithoutKernelAreRefusedWithAWayOut() {
    EngineException e = assertThrows(EngineException.class, () -> openPtx(KvFormat.F32));
    assertTrue(e.getMessage().contains("KV format"), e.getMessage());
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeTheUpload() {
    SimDevice device = new SimDevice(3, Target.SM_90, 2, true);
    EngineOptions huge = new EngineOptions(1, 1 << 28, KvFormat.F16, 64, 1);
    EngineException e =
        assertThrows(
            EngineException.class, () -> PtxEngine.open(device, weights, huge, Progress.NONE));
    assertTrue(e.getMessage().contains("positions fits"), e.getMessage());
  }

  @Test
  void closedEngineRefusesToWork() throws EngineException {
    Engine closed = openPtx(KvFormat.Q8);
    assertEquals(8, closed.kv().pages());
    closed.close();
    closed.close();
    assertThrows(IllegalStateException.class, closed::memoryBytes);
    assertThrows(IllegalStateException.class, () -> closed.kv().copy(0, 1));
  }

  @Test
  void copiedPagesContinueWithTheSameBits() throws EngineException {
    float[] first = new float[ptx.vocabulary()];
    float[] second = first.clone();
    ptx.forward(new Batch(new int[] {5}, Rows.ofSequence(0, 1, 3), new int[0]), new float[0]);
    ptx.kv().copy(3, 6);
    ptx.forward(new Batch(new int[] {6}, Rows.ofSequence(1, 1, 3), new int[] {0}), first);
    ptx.forward(new Batch(new int[] {6}, Rows.ofSequence(1, 1, 6), new int[] {0}), second);
    assertArrayEquals(first, second);
  }
}
