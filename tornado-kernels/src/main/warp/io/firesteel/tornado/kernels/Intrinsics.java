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

  /** As in the other body: five shuffles, and a word of local memory for each warp. */
  public static float sum(KernelContext context, float value, int warps) {
    float[] sums = context.allocateFloatLocalArray(4);
    int item = context.localIdx;
    float own = warpSum(context, value);
    if ((item & 31) == 0) {
      sums[item >> 5] = own;
    }
    context.localBarrier();
    float sum = 0;
    if (item % (32 * warps) == 0) {
      for (int i = 0; i < warps; i++) {
        sum += sums[(item >> 5) + i];
      }
    }
    return sum;
  }
}
