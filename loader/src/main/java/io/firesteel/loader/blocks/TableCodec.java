package io.firesteel.loader.blocks;

import io.firesteel.loader.TensorType;
import java.util.Arrays;

/**
 * Types whose 4-bit quants are indices into a table. IQ4_NL has one F16 scale for 32 elements;
 * IQ4_XS eight groups of 32 with 6-bit scales, {@code d * (scale - 32)}; MXFP4 (OCP Microscaling)
 * one power of two, {@code 2^(e - 127)}, for 32 floats of 4 bits (E2M1).
 */
final class TableCodec extends BlockCodec {
  private static final int[] NON_LINEAR = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113
  };

  /** Twice the E2M1 values, so that they are whole; the scale is halved instead. */
  private static final int[] DOUBLED_E2M1 = {
    0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12
  };

  private static final Levels NON_LINEAR_LEVELS = new Levels.Table(NON_LINEAR);
  private static final Levels E2M1_LEVELS =
      new Levels.Table(-12, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8, 12);

  TableCodec(TensorType type) {
    super(type);
  }

  @Override
  void decodeBlock(byte[] block, int at, float[] target, int to) {
    switch (type()) {
      case IQ4_NL -> decode(NON_LINEAR, LittleEndian.getHalf(block, at), block, at + 2, target, to);
      case MXFP4 -> decode(DOUBLED_E2M1, halfOfPower(block[at]), block, at + 1, target, to);
      case IQ4_XS -> decodeSuperBlock(block, at, target, to);
      default -> throw new IllegalStateException(type().toString());
    }
  }

  @Override
  Encoder encoder() {
    return switch (type()) {
      case IQ4_NL -> TableCodec::encodeNonLinear;
      case MXFP4 -> TableCodec::encodeMicroscaling;
      case IQ4_XS -> {
        ScaledSuperBlock fit = new ScaledSuperBlock(32, NON_LINEAR_LEVELS, -32, 31);
        yield (x, from, block) -> {
          fit.fit(x, from);
          pack(fit, block);
        };
      }
      default -> throw new IllegalStateException(type().toString());
    };
  }

  private static void encodeNonLinear(float[] x, int from, byte[] block) {
    short d = Half.of(ScaleSearch.find(x, from, 32, NON_LINEAR_LEVELS));
    LittleEndian.putShort(block, 0, d);
    float inverse = ScaleSearch.inverse(Float.float16ToFloat(d));
    for (int j = 0; j < 16; j++) {
      int first = NON_LINEAR_LEVELS.index(x[from + j] * inverse);
      int second = NON_LINEAR_LEVELS.index(x[from + j + 16] * inverse);
      block[2 + j] = (byte) (first | second << 4);
    }
  }

  /** Tries the exponents around the one that makes the largest element the largest level. */
  private static void encodeMicroscaling(float[] x, int from, byte[] block) {
    float largest = ScaleSearch.largest(x, from, 32);
    int middle = Math.max(-127, Math.getExponent(largest) - 2) + 127;
    double best = Double.POSITIVE_INFINITY;
    for (int e = Math.max(0, middle - 1); e <= Math.min(254, middle + 1); e++) {
      double error = microscalingError(x, from, halfOfPower((byte) e));
      if (error < best) {
        best = error;
        block[0] = (byte) e;
      }
    }
    float scale = halfOfPower(block[0]);
    for (int j = 0; j < 16; j++) {
      int first = e2m1(x[from + j] / scale);
      int second = e2m1(x[from + j + 16] / scale);
      block[1 + j] = (byte) (first | second << 4);
    }
  }

  private static double microscalingError(float[] x, int from, float scale) {
    double error = 0;
    for (int i = from; i < from + 32; i++) {
      double difference = x[i] - (double) scale * E2M1_LEVELS.nearest(x[i] / scale);
      error += difference * difference;
    }
    return error;
  }

  /** Index into {@link #DOUBLED_E2M1}: magnitude in three bits below the sign. */
  private static int e2m1(float value) {
    int index = E2M1_LEVELS.index(value) - 7;
    return index < 0 ? 8 - index : index;
  }

  private static void pack(ScaledSuperBlock fit, byte[] block) {
    Arrays.fill(block, (byte) 0);
    LittleEndian.putShort(block, 0, fit.d);
    int high = 0;
    for (int group = 0; group < 8; group++) {
      int scale = fit.scales[group] + 32;
      high |= scale >> 4 << (2 * group);
      block[4 + group / 2] |= (byte) ((scale & 0xF) << (group % 2 * 4));
      for (int j = 0; j < 16; j++) {
        int first = fit.quants[group * 32 + j];
        int second = fit.quants[group * 32 + j + 16];
        block[8 + group * 16 + j] = (byte) (first | second << 4);
      }
    }
    LittleEndian.putShort(block, 2, (short) high);
  }

  private static void decodeSuperBlock(byte[] block, int at, float[] target, int to) {
    float d = LittleEndian.getHalf(block, at);
    int high = LittleEndian.getShort(block, at + 2);
    for (int group = 0; group < 8; group++) {
      int low = block[at + 4 + group / 2] >> (group % 2 * 4) & 0xF;
      int scale = low | (high >> (2 * group) & 3) << 4;
      decode(NON_LINEAR, d * (scale - 32), block, at + 8 + group * 16, target, to + group * 32);
    }
  }

  private static void decode(
      int[] table, float scale, byte[] block, int at, float[] target, int to) {
    for (int j = 0; j < 16; j++) {
      int pair = block[at + j];
      target[to + j] = scale * table[pair & 0xF];
      target[to + j + 16] = scale * table[pair >> 4 & 0xF];
    }
  }

  /** {@code 2^(e - 128)}; the two smallest are subnormal. */
  static float halfOfPower(byte exponent) {
    int e = exponent & 0xFF;
    return Float.intBitsToFloat(e < 2 ? 0x0020_0000 << e : (e - 1) << 23);
  }
}
