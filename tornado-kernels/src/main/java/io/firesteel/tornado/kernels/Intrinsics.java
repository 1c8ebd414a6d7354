package io.firesteel.tornado.kernels;

import uk.ac.manchester.tornado.api.KernelContext;

/**
 * What GPUs have instructions for, in Java that every backend compiles.
 *
 * <p>Another body of this class, for backends with warp shuffles and packed dot products, takes its
 * place when its jar comes first on the class path.
 */
public final class Intrinsics {
  private static final int WARP = 32;

  private Intrinsics() {}

  /**
   * Dot product of four signed bytes.
   *
   * @param a four bytes, the lowest first
   * @param b four bytes
   * @param sum is added to the product
   */
  public static int dp4a(int a, int b, int sum) {
    return sum
        + Bytes.signed(a, 0) * Bytes.signed(b, 0)
        + Bytes.signed(a, 8) * Bytes.signed(b, 8)
        + Bytes.signed(a, 16) * Bytes.signed(b, 16)
        + Bytes.signed(a, 24) * Bytes.signed(b, 24);
  }

  /**
   * Sum over the 32 work items of a warp. All work items of the group must take part.
   *
   * @return the sum, in the first work item of each warp; undefined in the others
   */
  public static float warpSum(KernelContext context, float value) {
    float[] scratch = context.allocateFloatLocalArray(Geometry.GROUP);
    int item = context.localIdx;
    scratch[item] = value;
    context.localBarrier();
    float sum = 0;
    if (item % WARP == 0) {
      for (int i = 0; i < WARP; i++) {
        sum += scratch[item + i];
      }
    }
    return sum;
  }

  /**
   * Sum over the work items of neighbouring warps. All work items of a group of {@link
   * Geometry#GROUP} must take part.
   *
   * @param warps 1, 2 or 4: warps that share a sum, the first of each at a multiple of it
   * @return the sum, in the first work item of the first of these warps; undefined in the others
   */
  public static float sum(KernelContext context, float value, int warps) {
    float[] scratch = context.allocateFloatLocalArray(Geometry.GROUP);
    int item = context.localIdx;
    scratch[item] = value;
    context.localBarrier();
    float sum = 0;
    if (item % (WARP * warps) == 0) {
      for (int i = 0; i < WARP * warps; i++) {
        sum += scratch[item + i];
      }
    }
    return sum;
  }
}
