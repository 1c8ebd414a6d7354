package io.firesteel.loader.blocks;

import io.firesteel.loader.TensorType;

/** Q8_0: an F16 scale and 32 signed bytes. */
final class Q8Codec extends BlockCodec {
  Q8Codec() {
    super(TensorType.Q8_0);
  }

  @Override
  void decode(byte[] block, int at, float[] target, int to) {
    float scale = LittleEndian.getHalf(block, at);
    for (int j = 0; j < 32; j++) {
      target[to + j] = block[at + 2 + j] * scale;
    }
  }
}
