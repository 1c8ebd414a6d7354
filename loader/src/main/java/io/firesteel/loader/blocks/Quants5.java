package io.firesteel.loader.blocks;

import io.firesteel.loader.TensorType;

/**
 * Q5_0 and Q5_1: as {@link Quants4}, with the fifth bit of element {@code j} in bit {@code j} of a
 * 32-bit word before the low bits. Q5_0 is {@code d * (q - 16)}, Q5_1 is {@code d * q + m}.
 */
final class Quants5 extends BlockCodec {
  private static final int SIZE = 32;
  private static final int HALF = 16;

  /** Adding it changes no number, not even the sign of a zero. */
  private static final float NO_MINIMUM = -0f;

  private static final Levels LEVELS = new Levels.Uniform(-16, 15);

  Quants5(TensorType type) {
    super(type);
  }

  @Override
  void decodeBlock(byte[] block, int at, float[] target, int to) {
    float scale = LittleEndian.getHalf(block, at);
    if (type() == TensorType.Q5_0) {
      decode(block, at + 2, scale, 16, NO_MINIMUM, target, to);
    } else {
      decode(block, at + 4, scale, 0, LittleEndian.getHalf(block, at + 2), target, to);
    }
  }

  @Override
  Encoder encoder() {
    AffineSearch search = new AffineSearch(31, false);
    int[] quants = new int[SIZE];
    return type() == TensorType.Q5_0
        ? (x, from, block) -> encodeScaled(x, from, quants, block)
        : (x, from, block) -> encodeAffine(search, x, from, quants, block);
  }

  private static void encodeScaled(float[] x, int from, int[] quants, byte[] block) {
    short d = Half.of(ScaleSearch.find(x, from, SIZE, LEVELS));
    LittleEndian.putShort(block, 0, d);
    float inverse = ScaleSearch.inverse(Float.float16ToFloat(d));
    for (int j = 0; j < SIZE; j++) {
      quants[j] = LEVELS.index(x[from + j] * inverse);
    }
    pack(quants, block, 2);
  }

  private static void encodeAffine(
      AffineSearch search, float[] x, int from, int[] quants, byte[] block) {
    search.find(x, from, SIZE);
    short d = Half.of(search.scale);
    short m = Half.of(-search.minimum);
    LittleEndian.putShort(block, 0, d);
    LittleEndian.putShort(block, 2, m);
    float inverse = ScaleSearch.inverse(Float.float16ToFloat(d));
    float minimum = -Float.float16ToFloat(m);
    for (int j = 0; j < SIZE; j++) {
      quants[j] = AffineSearch.quant(x[from + j], inverse, minimum, 31);
    }
    pack(quants, block, 4);
  }

  private static void pack(int[] quants, byte[] block, int at) {
    int high = 0;
    for (int j = 0; j < HALF; j++) {
      int first = quants[j];
      int second = quants[j + HALF];
      high |= first >> 4 << j | second >> 4 << (j + HALF);
      block[at + 4 + j] = (byte) (first & 0xF | (second & 0xF) << 4);
    }
    LittleEndian.putInt(block, at, high);
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
