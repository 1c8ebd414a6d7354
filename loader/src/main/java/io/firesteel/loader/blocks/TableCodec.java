package io.firesteel.loader.blocks;

import io.firesteel.loader.TensorType;

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

  TableCodec(TensorType type) {
    super(type);
  }

  @Override
  void decode(byte[] block, int at, float[] target, int to) {
    switch (type()) {
      case IQ4_NL -> decode(NON_LINEAR, LittleEndian.getHalf(block, at), block, at + 2, target, to);
      case MXFP4 -> decode(DOUBLED_E2M1, halfOfPower(block[at]), block, at + 1, target, to);
      case IQ4_XS -> decodeSuperBlock(block, at, target, to);
      default -> throw new IllegalStateException(type().toString());
    }
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
