package io.firesteel.loader.blocks;

import io.firesteel.loader.TensorType;

/**
 * Q5_0 and Q5_1: as {@link Quants4}, with the fifth bit of element {@code j} in bit {@code j} of a
 * 32-bit word before the low bits. Q5_0 is {@code d * (q - 16)}, Q5_1 is {@code d * q + m}.
 */
final class Quants5 extends BlockCodec {
  private static final int HALF = 16;

  Quants5(TensorType type) {
    super(type);
  }

  @Override
  void decode(byte[] block, int at, float[] target, int to) {
    float scale = LittleEndian.getHalf(block, at);
    if (type() == TensorType.Q5_0) {
      decode(block, at + 2, scale, 16, 0, target, to);
    } else {
      decode(block, at + 4, scale, 0, LittleEndian.getHalf(block, at + 2), target, to);
    }
  }

  private static void decode(
      byte[] block, int at, float scale, int zero, float minimum, float[] target, int to) {
    int high = LittleEndian.getInt(block, at);
    for (int j = 0; j < HALF; j++) {
      int pair = block[at + 4 + j];
      int first = pair & 0xF | (high >>> j & 1) << 4;
      int second = pair >> 4 & 0xF | (high >>> (j + HALF) & 1) << 4;
      target[to + j] = (first - zero) * scale + minimum;
      target[to + j + HALF] = (second - zero) * scale + minimum;
    }
  }
}
