package io.firesteel.model.conformance;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.ExpertMatrix;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.WeightMatrix;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Seeded operands. Weights are random bits in every field, so that every bit of a block matters.
 */
final class RandomData {
  private final SplittableRandom random;

  RandomData(long seed) {
    random = new SplittableRandom(seed);
  }

  /** Normally distributed values with the given standard deviation. */
  float[] normal(int count, double deviation) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * deviation);
    }
    return values;
  }

  /** Factors around 1. */
  Norm norm(int size) {
    float[] weight = new float[size];
    for (int i = 0; i < size; i++) {
      weight[i] = 0.5f + random.nextFloat();
    }
    return new Norm(weight, 1e-6f);
  }

  int[] integers(int count, int bound) {
    return random.ints(count, 0, bound).toArray();
  }

  /** {@code count} different numbers below {@code bound}. */
  int[] distinct(int count, int bound) {
    int[] all = new int[bound];
    for (int i = 0; i < bound; i++) {
      int other = random.nextInt(i + 1);
      all[i] = all[other];
      all[other] = i;
    }
    return Arrays.copyOf(all, count);
  }

  WeightMatrix matrix(TensorType type, int rows, int columns) {
    return new WeightMatrix(type, rows, columns, blocks(type, (long) rows * columns));
  }

  ExpertMatrix experts(TensorType type, int experts, int rows, int columns) {
    return new ExpertMatrix(
        type, experts, rows, columns, blocks(type, (long) experts * rows * columns));
  }

  private MemorySegment blocks(TensorType type, long elements) {
    byte[] bytes = new byte[Math.toIntExact(type.bytes(elements))];
    random.nextBytes(bytes);
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < bytes.length; at += type.blockBytes()) {
      fixFields(type, buffer, at);
    }
    return MemorySegment.ofArray(bytes).asReadOnly();
  }

  /**
   * Gives the fields that are numbers a sensible size; quants and small scales stay random bits.
   */
  private void fixFields(TensorType type, ByteBuffer b, int at) {
    switch (type) {
      case F32 -> b.putFloat(at, (float) random.nextGaussian());
      case F64 -> b.putDouble(at, random.nextGaussian());
      case F16 -> putHalf(b, at, random.nextGaussian());
      case BF16 ->
          b.putShort(at, (short) (Float.floatToIntBits((float) random.nextGaussian()) >> 16));
      case I8 -> {}
      case I16 -> b.putShort(at, (short) (random.nextInt(2001) - 1000));
      case I32 -> b.putInt(at, random.nextInt(2001) - 1000);
      case I64 -> b.putLong(at, random.nextInt(2001) - 1000);
      case Q4_0, Q5_0, Q8_0, IQ4_NL, IQ4_XS -> putScale(b, at);
      case Q4_1, Q5_1, Q4_K, Q5_K -> {
        putScale(b, at);
        putScale(b, at + 2);
      }
      case Q2_K -> {
        putScale(b, at + 80);
        putScale(b, at + 82);
      }
      case Q3_K -> putScale(b, at + 108);
      case Q6_K -> putScale(b, at + 208);
      case MXFP4 -> b.put(at, (byte) (120 + random.nextInt(10)));
      default -> throw new IllegalArgumentException(type + " has no random blocks");
    }
  }

  private void putScale(ByteBuffer b, int at) {
    putHalf(b, at, 0.01 * random.nextGaussian());
  }

  private static void putHalf(ByteBuffer b, int at, double value) {
    b.putShort(at, Float.floatToFloat16((float) value));
  }
}
