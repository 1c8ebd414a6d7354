package io.firesteel.ptx.sim;

import java.util.function.DoubleUnaryOperator;

/** Conversions between types. */
final class ConvertOps {
  /** A 64-bit image of a value in one type to that in another; both are held as in a register. */
  @FunctionalInterface
  private interface Conversion {
    long of(long bits);
  }

  private final Slots slots;

  ConvertOps(Slots slots) {
    this.slots = slots;
  }

  /** The operation of an instruction, or null if it is none of these. */
  Op decode(Instruction i) {
    if (!i.name().equals("cvt")) {
      return null;
    }
    if (i.has("pack")) {
      return packIntegers(i);
    }
    PtxType to = i.types().getFirst();
    PtxType from = i.types().get(1);
    if (to == PtxType.F16X2 || to == PtxType.BF16X2) {
      return packFloats(i, to);
    }
    Conversion f = conversion(i, to, from);
    int d = slots.slot(i, i.operand(0), to.bytes < 4 && isWide(i.operand(0)) ? PtxType.B64 : to);
    boolean wideTarget = isWide(i.operand(0));
    boolean wideSource = isWide(i.operand(1)) || from.wide();
    int a = slots.slot(i, i.operand(1), wideSource ? PtxType.B64 : from);
    if (to == PtxType.F32 && from == PtxType.S32) {
      return HotOps.toFloat(d, a);
    }
    return (w, m) -> {
      for (int n = 0; n < Warp.LANES; n++) {
        if ((m >>> n & 1) != 0) {
          long value = f.of(wideSource ? w.q[a][n] : w.r[a][n]);
          if (wideTarget) {
            w.q[d][n] = value;
          } else {
            w.r[d][n] = (int) value;
          }
        }
      }
    };
  }

  private static boolean isWide(Operand operand) {
    return operand instanceof Operand.Register r && r.type().wide();
  }

  /** {@code cvt.rn.f16x2.f32 d, a, b}: a becomes the upper half. */
  private Op packFloats(Instruction i, PtxType to) {
    boolean relu = i.has("relu");
    boolean truncates = i.has("rz");
    return Lanes.word(
        slots.word(i, i.operand(0), PtxType.B32),
        slots.word(i, i.operand(1), PtxType.F32),
        slots.word(i, i.operand(2), PtxType.F32),
        (high, low) ->
            half(to, high, truncates, relu) << 16 | half(to, low, truncates, relu) & 0xFFFF);
  }

  private static int half(PtxType to, int bits, boolean truncates, boolean relu) {
    float value = Float.intBitsToFloat(bits);
    value = relu && !(value > 0) ? 0 : value;
    return truncates ? Halves.truncate(to, value) : Halves.encode(to, value);
  }

  /**
   * {@code cvt.pack.sat.s8.s32.b32 d, a, b, c}: a and b saturated to bytes, above the low half of
   * c.
   */
  private Op packIntegers(Instruction i) {
    PtxType to = i.types().getFirst();
    long low = least(to);
    long high = greatest(to);
    int bits = to.bytes * 8;
    int keep = (1 << bits) - 1;
    boolean three = i.operands().size() > 3;
    int c = three ? slots.word(i, i.operand(3), PtxType.B32) : slots.constant(0);
    return Lanes.word(
        slots.word(i, i.operand(0), PtxType.B32),
        slots.word(i, i.operand(1), PtxType.S32),
        slots.word(i, i.operand(2), PtxType.S32),
        c,
        (a, b, rest) ->
            ((int) Math.clamp(a, low, high) & keep) << bits
                | (int) Math.clamp(b, low, high) & keep
                | (three ? rest << 2 * bits : 0));
  }

  private static long least(PtxType type) {
    return type.signed() ? -1L << type.bytes * 8 - 1 : 0;
  }

  private static long greatest(PtxType type) {
    return type.signed() ? (1L << type.bytes * 8 - 1) - 1 : (1L << type.bytes * 8) - 1;
  }

  private static Conversion conversion(Instruction i, PtxType to, PtxType from) {
    if (from.floating() && to.floating()) {
      return floatToFloat(i, to, from);
    }
    if (from.floating()) {
      return floatToInteger(i, to, from);
    }
    if (to.floating()) {
      return integerToFloat(i, to, from);
    }
    boolean saturates = i.has("sat");
    return bits -> {
      long value = integer(from, bits);
      if (saturates && to.bytes < 8) {
        value = Math.clamp(value, least(to), greatest(to));
      }
      return integer(to, value);
    };
  }

  /** The value's low bits, extended by the type's sign. */
  private static long integer(PtxType type, long bits) {
    return switch (type) {
      case U8, B8 -> bits & 0xFF;
      case S8 -> (byte) bits;
      case U16, B16 -> bits & 0xFFFF;
      case S16 -> (short) bits;
      case U32, B32 -> bits & 0xFFFF_FFFFL;
      case S32 -> (int) bits;
      default -> bits;
    };
  }

  private static double real(PtxType type, long bits) {
    return switch (type) {
      case F64 -> Double.longBitsToDouble(bits);
      case F32 -> Float.intBitsToFloat((int) bits);
      default -> Halves.decode(type, (int) bits);
    };
  }

  private static Conversion floatToFloat(Instruction i, PtxType to, PtxType from) {
    DoubleUnaryOperator whole = whole(i);
    boolean saturates = i.has("sat");
    boolean truncates = i.has("rz");
    boolean flushes = i.has("ftz");
    return bits -> {
      double value =
          whole.applyAsDouble(
              real(from, flushes && from == PtxType.F32 ? FloatOps.flush((int) bits) : bits));
      if (saturates) {
        value = value > 0 ? Math.min(value, 1) : 0;
      }
      return switch (to) {
        case F64 -> Double.doubleToRawLongBits(value);
        case F32 -> Float.floatToRawIntBits(narrowed(i, value));
        default ->
            truncates ? Halves.truncate(to, (float) value) : Halves.encode(to, (float) value);
      };
    };
  }

  private static float narrowed(Instruction i, double value) {
    float nearest = (float) value;
    if (i.has("rz") && Math.abs(nearest) > Math.abs(value)) {
      return nearest > 0 ? Math.nextDown(nearest) : Math.nextUp(nearest);
    }
    return nearest;
  }

  private static Conversion floatToInteger(Instruction i, PtxType to, PtxType from) {
    DoubleUnaryOperator whole = whole(i);
    double low = to == PtxType.S64 ? Long.MIN_VALUE : to == PtxType.U64 ? 0 : least(to);
    return bits -> {
      double value = whole.applyAsDouble(real(from, bits));
      if (Double.isNaN(value)) {
        return 0;
      }
      if (to == PtxType.U64 && value >= 0x1p63) {
        return value >= 0x1p64 ? -1L : (long) (value - 0x1p63) ^ Long.MIN_VALUE;
      }
      long limited = (long) Math.max(value, low);
      return integer(to, to.wide() ? limited : Math.min(limited, greatest(to)));
    };
  }

  /** Rounding to a whole number as the suffix says. */
  private static DoubleUnaryOperator whole(Instruction i) {
    if (i.has("rni")) {
      return Math::rint;
    }
    if (i.has("rzi")) {
      return x -> x < 0 ? Math.ceil(x) : Math.floor(x);
    }
    if (i.has("rmi")) {
      return Math::floor;
    }
    if (i.has("rpi")) {
      return Math::ceil;
    }
    return x -> x;
  }

  private static Conversion integerToFloat(Instruction i, PtxType to, PtxType from) {
    if (i.has("rz") || i.has("rm") || i.has("rp")) {
      throw i.error("is supported with rounding to nearest only");
    }
    return bits -> {
      long value = integer(from, bits);
      boolean huge = from == PtxType.U64 && value < 0;
      // halving with a sticky bit keeps the rounding right
      long half = value >>> 1 | value & 1;
      return switch (to) {
        case F64 -> Double.doubleToRawLongBits(huge ? (double) half * 2 : (double) value);
        case F32 -> Float.floatToRawIntBits(huge ? (float) half * 2 : (float) value);
        default -> Halves.encode(to, huge ? (float) half * 2 : (float) value);
      };
    };
  }
}
