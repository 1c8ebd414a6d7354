package io.firesteel.loader.blocks;

import io.firesteel.loader.TensorType;

/** Types that store each element by itself. */
final class PlainCodec extends BlockCodec {
  PlainCodec(TensorType type) {
    super(type);
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
