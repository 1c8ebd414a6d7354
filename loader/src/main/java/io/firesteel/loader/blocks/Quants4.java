package io.firesteel.loader.blocks;

import io.firesteel.loader.TensorType;

/**
 * Q4_0 and Q4_1: 32 quants of 4 bits. Byte {@code j} holds element {@code j} in its low half and
 * element {@code j + 16} in its high half. Q4_0 is {@code d * (q - 8)}, Q4_1 is {@code d * q + m}.
 */
final class Quants4 extends BlockCodec {
  private static final int HALF = 16;

  /** Adding it changes no number, not even the sign of a zero. */
  private static final float NO_MINIMUM = -0f;

  private static final Levels LEVELS = new Levels.Uniform(-8, 7);

  Quants4(TensorType type) {
    super(type);
  }

  @Override
  void decodeBlock(byte[] block, int at, float[] target, int to) {
    float scale = LittleEndian.getHalf(block, at);
    if (type() == TensorType.Q4_0) {
      decode(block, at + 2, scale, 8, NO_MINIMUM, target, to);
    } else {
      decode(block, at + 4, scale, 0, LittleEndian.getHalf(block, at + 2), target, to);
    }
  }

  @Override
  Encoder encoder() {
    AffineSearch search = new AffineSearch(15, false);
    return type() == TensorType.Q4_0
        ? Quants4::encodeScaled
        : (x, from, block) -> encodeAffine(search, x, from, block);
  }

  private static void encodeScaled(float[] x, int from, byte[] block) {
    short d = Half.of(ScaleSearch.find(x, from, 32, LEVELS));
    LittleEndian.putShort(block, 0, d);
    float inverse = ScaleSearch.inverse(Float.float16ToFloat(d));
    for (int j = 0; j < HALF; j++) {
      int first = LEVELS.index(x[from + j] * inverse);
      int second = LEVELS.index(x[from + j + HALF] * inverse);
      block[2 + j] = (byte) (first | second << 4);
    }
  }

  private static void encodeAffine(AffineSearch search, float[] x, int from, byte[] block) {
    search.find(x, from, 32);
    short d = Half.of(search.scale);
    short m = Half.of(-search.minimum);
    LittleEndian.putShort(block, 0, d);
    LittleEndian.putShort(block, 2, m);
    float inverse = ScaleSearch.inverse(Float.float16ToFloat(d));
    float minimum = -Float.float16ToFloat(m);
    for (int j = 0; j < HALF; j++) {
      int first = AffineSearch.quant(x[from + j], inverse, minimum, 15);
      int second = AffineSearch.quant(x[from + j + HALF], inverse, minimum, 15);
      block[4 + j] = (byte) (first | second << 4);
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
