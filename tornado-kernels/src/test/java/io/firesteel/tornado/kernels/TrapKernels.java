package io.firesteel.tornado.kernels;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Right Java that TornadoVM 5.2 refuses or compiles to something else. */
public final class TrapKernels {
  private TrapKernels() {}

  /** Local memory is larger than needed: what goes wrong must not leave it. */
  public static void localInHelper(KernelContext context, FloatArray y) {
    float[] local = context.allocateFloatLocalArray(1024);
    int item = context.localIdx;
    local[item] = -1;
    put(local, item, item);
    y.set(context.globalIdx, local[item]);
  }

  private static void put(float[] local, int item, float value) {
    local[item] = value;
  }

  public static void largeHelper(KernelContext context, FloatArray x, IntArray y) {
    y.set(context.globalIdx, many(x.get(context.globalIdx)));
  }

  private static int many(float x) {
    return Halves.ofFloat(x)
        + Halves.ofFloat(x + 1)
        + Halves.ofFloat(x + 2)
        + Halves.ofFloat(x + 3)
        + Halves.ofFloat(x + 4)
        + Halves.ofFloat(x + 5)
        + Halves.ofFloat(x + 6)
        + Halves.ofFloat(x + 7)
        + Halves.ofFloat(x + 8)
        + Halves.ofFloat(x + 9)
        + Halves.ofFloat(x + 10)
        + Halves.ofFloat(x + 11);
  }

  public static void normalize(KernelContext context, FloatArray y) {
    y.set(context.globalIdx, 1);
  }

  public static void nextLane(KernelContext context, FloatArray x, FloatArray y) {
    y.set(context.globalIdx, context.simdShuffleDown(x.get(context.globalIdx), 1));
  }

  /** The highest byte of words without their sign: the mask is needless in Java. */
  public static void highestByte(KernelContext context, IntArray x, IntArray y) {
    y.set(context.globalIdx, x.get(context.globalIdx) >>> 24 & 255);
  }

  /** The highest byte of words with its sign. */
  public static void signedByte(KernelContext context, IntArray x, IntArray y) {
    y.set(context.globalIdx, x.get(context.globalIdx) >> 24);
  }

  /** Leaves every second element as it is. */
  public static void everySecond(KernelContext context, FloatArray y) {
    y.set(2 * context.globalIdx, 1);
  }

  /** Variables of a loop that become what others were: 231 after one round. */
  public static void takeOver(KernelContext context, IntArray rounds, IntArray y) {
    int a = 1;
    int b = 2;
    int c = 3;
    int count = rounds.get(context.globalIdx);
    for (int i = 0; i < count; i++) {
      int before = a;
      a = b;
      b = c;
      c = before;
    }
    y.set(context.globalIdx, 100 * a + 10 * b + c);
  }

  /** 0 for work item 2, among others. */
  public static void severalParts(KernelContext context, FloatArray x, IntArray y) {
    int stage = context.globalIdx % 3;
    float value = x.get(context.globalIdx);
    boolean holds = stage == 0 || stage == 1 && value >= 30;
    y.set(context.globalIdx, holds ? 1 : 0);
  }

  public static void right(KernelContext context, FloatArray x, FloatArray y) {
    y.set(context.globalIdx, x.get(context.globalIdx) + 1);
  }
}
