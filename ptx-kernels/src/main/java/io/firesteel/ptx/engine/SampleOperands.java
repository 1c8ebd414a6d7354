package io.firesteel.ptx.engine;

import io.firesteel.model.ops.Sample;
import io.firesteel.model.sampling.History;
import io.firesteel.model.sampling.Sampler;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.ptx.kernel.KernelSpec;
import io.firesteel.ptx.kernel.Kernels;
import io.firesteel.ptx.kernel.SamplingKernels;
import java.util.Arrays;

/**
 * The operands of sampling. A row that the kernel leaves to the host is drawn by the host, as in
 * the engine. If a call is run several times, each run counts the tokens of those before it.
 */
final class SampleOperands {
  /** Runs of a call before it must be restored: what the kernel has room for. */
  private static final int LIMIT = 16_384;

  private static final int STATE_WORDS = 4;

  private SampleOperands() {}

  static KernelSpec of(Operands operands, Sample c) {
    int rows = c.rows();
    int[] state = new int[STATE_WORDS * rows];
    operands.in("logits", c.logits()).zeros("positions", rows).inOut("state", state);
    operands.scratch("sampled", (long) rows * LIMIT * Integer.BYTES).scalar("limit", LIMIT);
    operands.in("stops", new int[0]).scalar("stop_count", 0);
    operands.zeros("counters", rows).out("tokens", c.tokens()).then(() -> drawOnHost(c, state));
    SamplingParameters p = c.parameters();
    if (p.plainGreedy()) {
      operands.scratch("best", 2L * rows * Kernels.GREEDY_CTAS * Integer.BYTES);
      return Kernels.sampleGreedy(c.vocabulary());
    }
    chances(operands, c);
    operands.scratch("scratch", SamplingKernels.scratchBytes(c.vocabulary(), rows));
    return SamplingKernels.sample(c.vocabulary());
  }

  private static void chances(Operands operands, Sample c) {
    int rows = c.rows();
    int[] biases = SamplingKernels.biases(c.parameters().logitBias(), c.vocabulary());
    int pairs = biases.length / SamplingKernels.BIAS_WORDS;
    int longest = Arrays.stream(c.recent()).mapToInt(recent -> recent.length).max().orElse(0);
    int[] parameters = new int[rows * SamplingKernels.PARAMETER_WORDS];
    int[] bias = new int[rows * biases.length];
    int[] recent = new int[rows * longest];
    for (int row = 0; row < rows; row++) {
      int[] own = c.recent()[row];
      int[] words = SamplingKernels.parameters(c.parameters(), c.draws()[row], own.length, pairs);
      System.arraycopy(words, 0, parameters, row * words.length, words.length);
      System.arraycopy(biases, 0, bias, row * biases.length, biases.length);
      System.arraycopy(own, 0, recent, row * longest, own.length);
    }
    operands.in("parameters", parameters);
    operands.in("bias", bias).scalar("bias_stride", pairs);
    operands.in("recent", recent).scalar("recent_stride", longest);
  }

  /** Draws the rows that the kernel has left, and refuses those whose logits are broken. */
  private static void drawOnHost(Sample c, int[] state) {
    for (int row = 0; row < c.rows(); row++) {
      int reason = state[STATE_WORDS * row + 1];
      if (reason == SamplingKernels.UNDECIDED || reason == SamplingKernels.BROKEN) {
        c.tokens()[row] =
            new Sampler(c.parameters(), c.vocabulary())
                .sample(
                    c.logits(), row * c.vocabulary(), History.of(c.recent()[row]), c.draws()[row]);
      }
    }
  }
}
