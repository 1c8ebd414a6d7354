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
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.ops.Rows;
import io.firesteel.ptx.kernel.Target;
import io.firesteel.ptx.sim.SimDevice;
import java.util.Arrays;
import java.util.Comparator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

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
    return new EngineOptions(2, 128, format, 16, 8);
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
