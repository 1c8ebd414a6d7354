package io.firesteel.tornado.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.firesteel.model.ops.Sample;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.tornado.device.JvmDevice;
import io.firesteel.tornado.device.JvmOps;
import io.firesteel.tornado.device.junit.KernelTest;
import java.util.SplittableRandom;

/** Greedy sampling takes the largest logit, and of equal ones the first. */
class GreedySampleTest {
  private static final int VOCABULARY = 5000;

  @KernelTest
  void takesTheLargest(JvmDevice device) {
    SplittableRandom random = new SplittableRandom(1);
    float[] logits = new float[2 * VOCABULARY];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = random.nextFloat(-5, 5);
    }
    logits[4321] = 6;
    logits[VOCABULARY] = 7;
    assertArrayEquals(new int[] {4321, 0}, sample(device, logits, 2));
  }

  @KernelTest
  void takesTheFirstOfEqualOnes(JvmDevice device) {
    float[] logits = new float[VOCABULARY];
    logits[1030] = 1;
    logits[1029] = 1;
    logits[4999] = 1;
    assertArrayEquals(new int[] {1029}, sample(device, logits, 1));
  }

  @KernelTest(seeds = 1)
  void takesTheFirstWhereAllAreEqual(JvmDevice device) {
    assertArrayEquals(new int[] {0}, sample(device, new float[VOCABULARY], 1));
  }

  @KernelTest(seeds = 1)
  void choosesAmongFewLogits(JvmDevice device) {
    assertArrayEquals(new int[] {2}, sample(device, new float[] {-3, -2, -1}, 1));
  }

  private static int[] sample(JvmDevice device, float[] logits, int rows) {
    int[] tokens = new int[rows];
    new JvmOps(device)
        .run(
            new Sample(
                logits, SamplingParameters.GREEDY, new int[rows][0], new long[rows], tokens));
    return tokens;
  }
}
