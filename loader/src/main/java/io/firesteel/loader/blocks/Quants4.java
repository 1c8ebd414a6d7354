package io.firesteel.loader.blocks;

import io.firesteel.loader.TensorType;

/**
 * Q4_0 and Q4_1: 32 quants of 4 bits. Byte {@code j} holds element {@code j} in its low half and
 * element {@code j + 16} in its high half. Q4_0 is {@code d * (q - 8)}, Q4_1 is {@code d * q + m}.
 */
final class Quants4 extends BlockCodec {
  private static final int HALF = 16;

  Quants4(TensorType type) {
    super(type);
  }

  @Override
  void decode(byte[] block, int at, float[] target, int to) {
    float scale = LittleEndian.getHalf(block, at);
    if (type() == TensorType.Q4_0) {
      decode(block, at + 2, scale, 8, 0, target, to);
    } else {
      decode(block, at + 4, scale, 0, LittleEndian.getHalf(block, at + 2), target, to);
    }
  }

  private static void decode(
      byte[] block, int at, float scale, int zero, float minimum, float[] target, int to) {
    for (int j = 0; j < HALF; j++) {
      int pair = block[at + j];
      target[to + j] = ((pair & 0xF) - zero) * scale + minimum;
      target[to + j + HALF] = ((pair >> 4 & 0xF) - zero) * scale + minimum;
    }
  }
}
