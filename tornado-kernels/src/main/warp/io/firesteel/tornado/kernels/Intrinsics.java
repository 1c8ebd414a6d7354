package io.firesteel.tornado.kernels;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.utils.QuantizationUtils;

/**
 * The body of the intrinsics for TornadoVM 5.2 on GPUs with warps of 32: shuffles and packed dot
 * products. On OpenCL TornadoVM compiles shuffles to nothing, without a word: there the other body
 * has to be used.
 */
public final class Intrinsics {
  private Intrinsics() {}

  /** As in the other body: one instruction. */
  public static int dp4a(int a, int b, int sum) {
    return QuantizationUtils.dp4a_packed(a, b, sum);
  }

  /** As in the other body: five shuffles, without local memory and barriers. */
  public static float warpSum(KernelContext context, float value) {
    float sum = value;
    sum += context.simdShuffleDown(sum, 16);
    sum += context.simdShuffleDown(sum, 8);
    sum += context.simdShuffleDown(sum, 4);
    sum += context.simdShuffleDown(sum, 2);
    sum += context.simdShuffleDown(sum, 1);
    return sum;
  }
}
