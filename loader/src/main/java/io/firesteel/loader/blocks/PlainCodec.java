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
  void decode(byte[] block, int at, float[] target, int to) {
    target[to] =
        switch (type()) {
          case F32 -> Float.intBitsToFloat(LittleEndian.getInt(block, at));
          case F16 -> LittleEndian.getHalf(block, at);
          case BF16 -> Float.intBitsToFloat(LittleEndian.getShort(block, at) << 16);
          case F64 -> (float) Double.longBitsToDouble(LittleEndian.getLong(block, at));
          case I8 -> block[at];
          case I16 -> LittleEndian.getShort(block, at);
          case I32 -> LittleEndian.getInt(block, at);
          case I64 -> LittleEndian.getLong(block, at);
          default -> throw new IllegalStateException(type().toString());
        };
  }
}
