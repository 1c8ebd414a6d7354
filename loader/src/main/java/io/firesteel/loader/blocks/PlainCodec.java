package io.firesteel.loader.blocks;

import io.firesteel.loader.TensorType;

/** Types that store each element by itself. */
final class PlainCodec extends BlockCodec {
  PlainCodec(TensorType type) {
    super(type);
  }

  @Override
  public boolean quantises() {
    return switch (type()) {
      case F32, F16, BF16, F64 -> true;
      default -> false;
    };
  }

  @Override
  Encoder encoder() {
    return switch (type()) {
      case F32 -> (x, from, block) -> LittleEndian.putInt(block, 0, Float.floatToIntBits(x[from]));
      case F16 -> (x, from, block) -> LittleEndian.putShort(block, 0, Half.of(x[from]));
      case BF16 -> (x, from, block) -> LittleEndian.putShort(block, 0, Half.brain(x[from]));
      case F64 ->
          (x, from, block) -> LittleEndian.putLong(block, 0, Double.doubleToLongBits(x[from]));
      default ->
          throw new UnsupportedOperationException("quantising to " + type() + " is not supported");
    };
  }

  @Override
  void decodeBlock(byte[] block, int at, float[] target, int to) {
    target[to] =
        switch (type()) {
          case F32 -> Float.intBitsToFloat(LittleEndian.getInt(block, at));
          case F16 -> LittleEndian.getHalf(block, at);
          case BF16 -> brain(block, at);
          case F64 -> (float) Double.longBitsToDouble(LittleEndian.getLong(block, at));
          case I8 -> block[at];
          case I16 -> LittleEndian.getShort(block, at);
          case I32 -> LittleEndian.getInt(block, at);
          case I64 -> LittleEndian.getLong(block, at);
          default -> throw new IllegalStateException(type().toString());
        };
  }

  /** Has a loop for each type that weights come in, where a choice per element would be slow. */
  @Override
  void decode(byte[] bytes, int blocks, float[] target, int to) {
    switch (type()) {
      case F32 -> {
        for (int i = 0; i < blocks; i++) {
          target[to + i] = Float.intBitsToFloat(LittleEndian.getInt(bytes, i * Float.BYTES));
        }
      }
      case F16 -> {
        for (int i = 0; i < blocks; i++) {
          target[to + i] = LittleEndian.getHalf(bytes, i * Short.BYTES);
        }
      }
      case BF16 -> {
        for (int i = 0; i < blocks; i++) {
          target[to + i] = brain(bytes, i * Short.BYTES);
        }
      }
      default -> super.decode(bytes, blocks, target, to);
    }
  }

  private static float brain(byte[] bytes, int at) {
    return Float.intBitsToFloat(LittleEndian.getShort(bytes, at) << 16);
  }
}
