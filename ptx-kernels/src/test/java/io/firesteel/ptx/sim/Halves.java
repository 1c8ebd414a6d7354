package io.firesteel.ptx.sim;

import io.firesteel.ptx.sim.Lanes.IntTernary;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;

/** 16-bit floating-point formats, one or two to a register. */
final class Halves {
  private Halves() {}

  static float decode(PtxType type, int bits) {
    return switch (type) {
      case F16, F16X2 -> Float.float16ToFloat((short) bits);
      case BF16, BF16X2 -> Float.intBitsToFloat(bits << 16);
      default -> throw new IllegalArgumentException(type.toString());
    };
  }

  /** To the nearest, ties to even. */
  static int encode(PtxType type, float value) {
    return switch (type) {
      case F16, F16X2 -> Float.floatToFloat16(value) & 0xFFFF;
      case BF16, BF16X2 -> bfloat(value);
      default -> throw new IllegalArgumentException(type.toString());
    };
  }

  /** Towards zero. */
  static int truncate(PtxType type, float value) {
    if (type == PtxType.BF16 || type == PtxType.BF16X2) {
      return Float.floatToRawIntBits(value) >>> 16;
    }
    int bits = encode(type, value);
    boolean away = Math.abs(decode(type, bits)) > Math.abs(value);
    return away ? bits - 1 : bits;
  }

  private static int bfloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return 0x7FFF;
    }
    return bits + 0x7FFF + (bits >>> 16 & 1) >>> 16;
  }

  /**
   * Makes an operation on one element work on both halves of a register where the type is packed.
   */
  static IntUnaryOperator both(PtxType type, IntUnaryOperator f) {
    return type.bytes == 2
        ? f
        : a -> f.applyAsInt(a & 0xFFFF) & 0xFFFF | f.applyAsInt(a >>> 16) << 16;
  }

  static IntBinaryOperator both(PtxType type, IntBinaryOperator f) {
    return type.bytes == 2
        ? f
        : (a, b) ->
            f.applyAsInt(a & 0xFFFF, b & 0xFFFF) & 0xFFFF | f.applyAsInt(a >>> 16, b >>> 16) << 16;
  }

  static IntTernary both(PtxType type, IntTernary f) {
    return type.bytes == 2
        ? f
        : (a, b, c) ->
            f.of(a & 0xFFFF, b & 0xFFFF, c & 0xFFFF) & 0xFFFF
                | f.of(a >>> 16, b >>> 16, c >>> 16) << 16;
  }
}
