package io.firesteel.tornado.kernels;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Kernels with one mistake each, and the right ones beside them. */
public final class FaultyKernels {
  private FaultyKernels() {}

  public static void copy(KernelContext context, FloatArray x, FloatArray y, int count) {
    int i = context.globalIdx;
    if (i < count) {
      y.set(i, x.get(i));
    }
  }

  public static void copyWithoutBoundsCheck(KernelContext context, FloatArray x, FloatArray y) {
    y.set(context.globalIdx, x.get(context.globalIdx));
  }

  public static void writeToInput(KernelContext context, FloatArray x) {
    x.set(context.globalIdx, 1);
  }

  public static void reverse(KernelContext context, FloatArray x, FloatArray y) {
    float[] local = context.allocateFloatLocalArray(64);
    local[context.localIdx] = x.get(context.globalIdx);
    context.localBarrier();
    y.set(context.globalIdx, local[63 - context.localIdx]);
  }

  public static void reverseWithoutBarrier(KernelContext context, FloatArray x, FloatArray y) {
    float[] local = context.allocateFloatLocalArray(64);
    local[context.localIdx] = 0;
    context.localBarrier();
    local[context.localIdx] = x.get(context.globalIdx);
    y.set(context.globalIdx, local[63 - context.localIdx]);
  }

  public static void readUnwrittenLocal(KernelContext context, FloatArray y) {
    float[] local = context.allocateFloatLocalArray(65);
    local[context.localIdx] = 1;
    context.localBarrier();
    y.set(context.globalIdx, local[context.localIdx + 1]);
  }

  public static void barrierForSome(KernelContext context, FloatArray y) {
    if (context.localIdx < 32) {
      context.localBarrier();
    }
    y.set(context.globalIdx, 1);
  }

  public static void differentBarriers(KernelContext context, FloatArray y) {
    if (context.localIdx < 32) {
      context.localBarrier();
      y.set(context.globalIdx, 1);
    } else {
      context.localBarrier();
      y.set(context.globalIdx, 2);
    }
  }

  public static void sumIntoOne(KernelContext context, FloatArray x, FloatArray sum) {
    sum.set(0, sum.get(0) + x.get(context.globalIdx));
  }

  public static void countAtomically(KernelContext context, IntArray count) {
    context.atomicAdd(count, 0, 1);
  }

  public static void countAndRead(KernelContext context, IntArray count, IntArray seen) {
    context.atomicAdd(count, 0, 1);
    seen.set(context.globalIdx, count.get(0));
  }

  public static void addToOutput(KernelContext context, FloatArray y) {
    y.set(context.globalIdx, y.get(context.globalIdx) + 1);
  }

  public static void readNeighbourOfOtherGroup(KernelContext context, FloatArray x, int count) {
    int i = context.globalIdx;
    float next = x.get((i + 1) % count);
    context.localBarrier();
    x.set(i, next);
  }

  public static void sizeByItem(KernelContext context, FloatArray y) {
    float[] local = context.allocateFloatLocalArray(64 + context.localIdx);
    local[context.localIdx] = 1;
    y.set(context.globalIdx, local[context.localIdx]);
  }

  public static void divideByZero(KernelContext context, IntArray y, int zero) {
    y.set(context.globalIdx, 1 / zero);
  }

  public static void localInHelper(KernelContext context, FloatArray y) {
    float[] local = context.allocateFloatLocalArray(64);
    put(local, context.localIdx);
    y.set(context.globalIdx, local[context.localIdx]);
  }

  private static void put(float[] local, int item) {
    local[item] = item;
  }

  public static void shiftWithSign(KernelContext context, IntArray y) {
    y.set(context.globalIdx, -context.globalIdx >> 1);
  }

  public static void readsForever(KernelContext context, IntArray y) {
    y.set(context.globalIdx, 0);
    while (y.get(context.globalIdx) == 0) {
      y.set(context.globalIdx, 0);
    }
  }

  public static void meetsForever(KernelContext context, IntArray y) {
    y.set(context.globalIdx, 0);
    while (y.get(context.globalIdx) == 0) {
      context.localBarrier();
    }
  }

  public static void everySecond(KernelContext context, FloatArray y) {
    if (context.globalIdx % 2 == 0) {
      y.set(context.globalIdx, 1);
    }
  }

  public static void sumOfWarp(KernelContext context, FloatArray x, FloatArray y) {
    y.set(context.globalIdx, context.simdSum(x.get(context.globalIdx)));
  }

  public static void shuffleInHalfAWarp(KernelContext context, FloatArray x, FloatArray y) {
    float value = x.get(context.globalIdx);
    if (context.localIdx % 32 < 16) {
      value += context.simdShuffleDown(value, 8);
    }
    y.set(context.globalIdx, value);
  }
}
