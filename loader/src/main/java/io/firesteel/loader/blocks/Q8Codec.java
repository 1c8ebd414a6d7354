package io.firesteel.loader.blocks;

import io.firesteel.loader.TensorType;

/** Q8_0: an F16 scale and 32 signed bytes. */
final class Q8Codec extends BlockCodec {
  private static final Levels LEVELS = new Levels.Uniform(-128, 127);

  Q8Codec() {
    super(TensorType.Q8_0);
  }

  @Override
  Encoder encoder() {
    return Q8Codec::encode;
  }

  private static void encode(float[] x, int from, byte[] block) {
    short d = Half.of(ScaleSearch.find(x, from, 32, LEVELS));
    LittleEndian.putShort(block, 0, d);
    float inverse = ScaleSearch.inverse(Float.float16ToFloat(d));
    for (int j = 0; j < 32; j++) {
      block[2 + j] = (byte) (LEVELS.index(x[from + j] * inverse) - 128);
    }
  }

  @Override
  void decodeBlock(byte[] block, int at, float[] target, int to) {
    float scale = LittleEndian.getHalf(block, at);
    for (int j = 0; j < 32; j++) {
      target[to + j] = block[at + 2 + j] * scale;
    }
  }
}
