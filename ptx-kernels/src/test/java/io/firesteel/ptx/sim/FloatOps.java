package io.firesteel.ptx.sim;

import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;

import io.firesteel.ptx.sim.Lanes.IntTernary;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;

/** Floating-point arithmetic. Approximate instructions are computed exactly, then rounded. */
final class FloatOps {
  /** Of two floats. */
  @FunctionalInterface
  private interface Binary {
    float of(float a, float b);
  }

  /** Of three floats. */
  @FunctionalInterface
  private interface Ternary {
    float of(float a, float b, float c);
  }

  private final Slots slots;

  FloatOps(Slots slots) {
    this.slots = slots;
  }

  /** The operation of an instruction, or null if it is none of these. */
  Op decode(Instruction i) {
    if (i.types().isEmpty() || !i.types().getFirst().floating()) {
      return null;
    }
    if (i.has("rz") || i.has("rm") || i.has("rp")) {
      return i.name().equals("cvt") ? null : unsupportedRounding(i);
    }
    return switch (i.name()) {
      case "add", "sub", "mul", "div", "min", "max", "copysign" ->
          i.operands().size() > 3 ? null : binary(i);
      case "fma", "mad" -> fused(i);
      case "abs", "neg", "rcp", "sqrt", "rsqrt", "ex2", "lg2", "sin", "cos", "tanh" -> unary(i);
      default -> null;
    };
  }

  private static Op unsupportedRounding(Instruction i) {
    throw i.error("is supported with rounding to nearest only");
  }

  private Op binary(Instruction i) {
    PtxType type = i.type();
    if (type == PtxType.F64) {
      DoubleBinaryOperator f = doubles(i);
      return Lanes.wide(
          slots.wide(i, i.operand(0), type),
          slots.wide(i, i.operand(1), type),
          slots.wide(i, i.operand(2), type),
          (a, b) ->
              Double.doubleToRawLongBits(
                  f.applyAsDouble(Double.longBitsToDouble(a), Double.longBitsToDouble(b))));
    }
    int d = slots.word(i, i.operand(0), type);
    int a = slots.word(i, i.operand(1), type);
    int b = slots.word(i, i.operand(2), type);
    if (type == PtxType.F32 && !i.has("ftz") && !i.has("sat")) {
      Op hot = hot(i.name(), d, a, b);
      if (hot != null) {
        return hot;
      }
    }
    Binary f = singles(i);
    if (type == PtxType.F32) {
      IntUnaryOperator in = input(i);
      IntUnaryOperator out = output(i);
      return Lanes.word(
          d,
          a,
          b,
          (x, y) ->
              out.applyAsInt(
                  floatToRawIntBits(
                      f.of(intBitsToFloat(in.applyAsInt(x)), intBitsToFloat(in.applyAsInt(y))))));
    }
    IntBinaryOperator half =
        (x, y) -> Halves.encode(type, f.of(Halves.decode(type, x), Halves.decode(type, y)));
    return Lanes.word(d, a, b, Halves.both(type, half));
  }

  private static Op hot(String name, int d, int a, int b) {
    return switch (name) {
      case "add" ->
          (w, m) -> {
            int[] to = w.r[d];
            int[] x = w.r[a];
            int[] y = w.r[b];
            for (int n = 0; n < Warp.LANES; n++) {
              if ((m >>> n & 1) != 0) {
                to[n] = floatToRawIntBits(intBitsToFloat(x[n]) + intBitsToFloat(y[n]));
              }
            }
          };
      case "mul" ->
          (w, m) -> {
            int[] to = w.r[d];
            int[] x = w.r[a];
            int[] y = w.r[b];
            for (int n = 0; n < Warp.LANES; n++) {
              if ((m >>> n & 1) != 0) {
                to[n] = floatToRawIntBits(intBitsToFloat(x[n]) * intBitsToFloat(y[n]));
              }
            }
          };
      default -> null;
    };
  }

  private static Binary singles(Instruction i) {
    boolean nan = i.has("NaN");
    return switch (i.name()) {
      case "add" -> (a, b) -> a + b;
      case "sub" -> (a, b) -> a - b;
      case "mul" -> (a, b) -> a * b;
      case "div" -> (a, b) -> a / b;
      case "min" ->
          nan ? Math::min : (a, b) -> Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.min(a, b);
      case "max" ->
          nan ? Math::max : (a, b) -> Float.isNaN(a) ? b : Float.isNaN(b) ? a : Math.max(a, b);
      // the sign of a, the magnitude of b
      default -> (a, b) -> Math.copySign(b, a);
    };
  }

  private static DoubleBinaryOperator doubles(Instruction i) {
    return switch (i.name()) {
      case "add" -> (a, b) -> a + b;
      case "sub" -> (a, b) -> a - b;
      case "mul" -> (a, b) -> a * b;
      case "div" -> (a, b) -> a / b;
      case "min" -> (a, b) -> Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.min(a, b);
      case "max" -> (a, b) -> Double.isNaN(a) ? b : Double.isNaN(b) ? a : Math.max(a, b);
      default -> (a, b) -> Math.copySign(b, a);
    };
  }

  private Op fused(Instruction i) {
    PtxType type = i.type();
    if (type == PtxType.F64) {
      return Lanes.wide(
          slots.wide(i, i.operand(0), type),
          slots.wide(i, i.operand(1), type),
          slots.wide(i, i.operand(2), type),
          slots.wide(i, i.operand(3), type),
          (a, b, c) ->
              Double.doubleToRawLongBits(
                  Math.fma(
                      Double.longBitsToDouble(a),
                      Double.longBitsToDouble(b),
                      Double.longBitsToDouble(c))));
    }
    int d = slots.word(i, i.operand(0), type);
    int a = slots.word(i, i.operand(1), type);
    int b = slots.word(i, i.operand(2), type);
    int c = slots.word(i, i.operand(3), type);
    if (type == PtxType.F32) {
      return single(i, d, a, b, c);
    }
    boolean relu = i.has("relu");
    IntTernary half =
        (x, y, z) -> {
          float value =
              (float)
                  ((double) Halves.decode(type, x) * Halves.decode(type, y)
                      + Halves.decode(type, z));
          return Halves.encode(type, relu ? Math.max(value, 0) : value);
        };
    return Lanes.word(d, a, b, c, Halves.both(type, half));
  }

  private static Op single(Instruction i, int d, int a, int b, int c) {
    IntUnaryOperator in = input(i);
    IntUnaryOperator out = output(i);
    boolean plain = !i.has("ftz") && !i.has("sat");
    Ternary f = Math::fma;
    return (w, m) -> {
      int[] to = w.r[d];
      int[] x = w.r[a];
      int[] y = w.r[b];
      int[] z = w.r[c];
      for (int n = 0; n < Warp.LANES; n++) {
        if ((m >>> n & 1) == 0) {
          continue;
        }
        if (plain) {
          to[n] =
              floatToRawIntBits(
                  Math.fma(intBitsToFloat(x[n]), intBitsToFloat(y[n]), intBitsToFloat(z[n])));
        } else {
          to[n] =
              out.applyAsInt(
                  floatToRawIntBits(
                      f.of(
                          intBitsToFloat(in.applyAsInt(x[n])),
                          intBitsToFloat(in.applyAsInt(y[n])),
                          intBitsToFloat(in.applyAsInt(z[n])))));
        }
      }
    };
  }

  private Op unary(Instruction i) {
    PtxType type = i.type();
    if (type == PtxType.F64) {
      DoubleUnaryOperator f = function(i);
      return Lanes.wide(
          slots.wide(i, i.operand(0), type),
          slots.wide(i, i.operand(1), type),
          a -> Double.doubleToRawLongBits(f.applyAsDouble(Double.longBitsToDouble(a))));
    }
    int d = slots.word(i, i.operand(0), type);
    int a = slots.word(i, i.operand(1), type);
    if (type == PtxType.F32 && i.name().equals("neg")) {
      return Lanes.word(d, a, x -> x ^ 0x8000_0000);
    }
    if (type == PtxType.F32 && i.name().equals("abs")) {
      return Lanes.word(d, a, x -> x & 0x7FFF_FFFF);
    }
    DoubleUnaryOperator f = function(i);
    if (type == PtxType.F32) {
      IntUnaryOperator in = input(i);
      IntUnaryOperator out = output(i);
      return Lanes.word(
          d,
          a,
          x ->
              out.applyAsInt(
                  floatToRawIntBits((float) f.applyAsDouble(intBitsToFloat(in.applyAsInt(x))))));
    }
    IntUnaryOperator half =
        x -> Halves.encode(type, (float) f.applyAsDouble(Halves.decode(type, x)));
    return Lanes.word(d, a, Halves.both(type, half));
  }

  private static DoubleUnaryOperator function(Instruction i) {
    return switch (i.name()) {
      case "abs" -> Math::abs;
      case "neg" -> x -> -x;
      case "rcp" -> x -> 1 / x;
      case "sqrt" -> Math::sqrt;
      case "rsqrt" -> x -> 1 / Math.sqrt(x);
      case "ex2" -> x -> Math.pow(2, x);
      case "lg2" -> x -> Math.log(x) / Math.log(2);
      case "sin" -> Math::sin;
      case "cos" -> Math::cos;
      default -> Math::tanh;
    };
  }

  private static IntUnaryOperator input(Instruction i) {
    return i.has("ftz") ? FloatOps::flush : IntUnaryOperator.identity();
  }

  private static IntUnaryOperator output(Instruction i) {
    if (i.has("sat")) {
      return x -> floatToRawIntBits(saturate(intBitsToFloat(x)));
    }
    return input(i);
  }

  /** Subnormal numbers become zero. */
  static int flush(int x) {
    return (x & 0x7F80_0000) == 0 ? x & 0x8000_0000 : x;
  }

  static float saturate(float x) {
    return x > 0 ? Math.min(x, 1) : 0;
  }
}
