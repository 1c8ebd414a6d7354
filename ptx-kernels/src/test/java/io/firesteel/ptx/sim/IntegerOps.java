package io.firesteel.ptx.sim;

import io.firesteel.ptx.sim.Lanes.IntTernary;
import java.math.BigInteger;
import java.util.function.IntBinaryOperator;
import java.util.function.LongBinaryOperator;

/** Integer arithmetic, logic and bit instructions. */
final class IntegerOps {
  private final Slots slots;

  IntegerOps(Slots slots) {
    this.slots = slots;
  }

  /** The operation of an instruction, or null if it is none of these. */
  Op decode(Instruction i) {
    return switch (i.name()) {
      case "add", "sub", "min", "max", "div", "rem" -> i.has("cc") ? carrying(i) : arithmetic(i);
      case "addc", "subc" -> carrying(i);
      case "mul", "mul24" -> multiply(i);
      case "mad", "mad24" -> multiplyAdd(i);
      case "abs", "neg", "not", "cnot", "popc", "clz", "brev", "bfind" -> unary(i);
      case "and", "or", "xor" -> logic(i);
      case "shl", "shr" -> shift(i);
      case "shf" -> funnel(i);
      case "lop3" -> lop3(i);
      case "bfe" -> bitFieldExtract(i);
      case "bfi" -> bitFieldInsert(i);
      case "prmt" -> permute(i);
      case "dp4a", "dp2a" -> dotProduct(i);
      case "sad" ->
          ternary(
              i,
              (a, b, c) ->
                  c + (i.type().signed() ? absDifference(a, b) : unsignedDifference(a, b)));
      case "bmsk" -> word(i, IntegerOps::mask);
      default -> null;
    };
  }

  private Op arithmetic(Instruction i) {
    PtxType type = i.type();
    return switch (type) {
      case S64, U64, B64 -> wide(i, wideArithmetic(i.name(), type));
      case U16, S16, B16 -> word(i, narrowed(type, arithmetic(i.name(), type)));
      case U32, S32, B32 -> hot(i, type);
      default -> throw i.error("has a type that is not supported");
    };
  }

  /** The commonest have loops of their own. */
  private Op hot(Instruction i, PtxType type) {
    int d = slots.word(i, i.operand(0), type);
    int a = slots.word(i, i.operand(1), type);
    int b = slots.word(i, i.operand(2), type);
    return switch (i.name()) {
      case "add" -> HotOps.add(d, a, b);
      case "sub" -> HotOps.subtract(d, a, b);
      default -> Lanes.word(d, a, b, arithmetic(i.name(), type));
    };
  }

  private static IntBinaryOperator arithmetic(String name, PtxType type) {
    boolean signed = type.signed();
    return switch (name) {
      case "add" -> (a, b) -> a + b;
      case "sub" -> (a, b) -> a - b;
      case "min" -> signed ? Math::min : (a, b) -> Integer.compareUnsigned(a, b) < 0 ? a : b;
      case "max" -> signed ? Math::max : (a, b) -> Integer.compareUnsigned(a, b) > 0 ? a : b;
      case "div" ->
          signed
              ? (a, b) -> b == 0 ? -1 : a / b
              : (a, b) -> b == 0 ? -1 : Integer.divideUnsigned(a, b);
      default ->
          signed
              ? (a, b) -> b == 0 ? a : a % b
              : (a, b) -> b == 0 ? a : Integer.remainderUnsigned(a, b);
    };
  }

  private static LongBinaryOperator wideArithmetic(String name, PtxType type) {
    boolean signed = type.signed();
    return switch (name) {
      case "add" -> (a, b) -> a + b;
      case "sub" -> (a, b) -> a - b;
      case "min" -> signed ? Math::min : (a, b) -> Long.compareUnsigned(a, b) < 0 ? a : b;
      case "max" -> signed ? Math::max : (a, b) -> Long.compareUnsigned(a, b) > 0 ? a : b;
      case "div" ->
          signed
              ? (a, b) -> b == 0 ? -1 : a / b
              : (a, b) -> b == 0 ? -1 : Long.divideUnsigned(a, b);
      default ->
          signed
              ? (a, b) -> b == 0 ? a : a % b
              : (a, b) -> b == 0 ? a : Long.remainderUnsigned(a, b);
    };
  }

  /** An operation on 16 bits: reads with the type's sign, writes 16 bits. */
  private static IntBinaryOperator narrowed(PtxType type, IntBinaryOperator f) {
    return type.signed()
        ? (a, b) -> f.applyAsInt((short) a, (short) b) & 0xFFFF
        : (a, b) -> f.applyAsInt(a & 0xFFFF, b & 0xFFFF) & 0xFFFF;
  }

  private Op carrying(Instruction i) {
    PtxType type = i.type();
    if (type.wide()) {
      throw i.error("is supported for 32 bits only");
    }
    int d = slots.word(i, i.operand(0), type);
    int a = slots.word(i, i.operand(1), type);
    int b = slots.word(i, i.operand(2), type);
    boolean in = i.name().endsWith("c");
    boolean out = i.has("cc");
    boolean subtract = i.name().startsWith("sub");
    return (w, m) -> {
      int carry = 0;
      for (int n = 0; n < Warp.LANES; n++) {
        if ((m >>> n & 1) != 0) {
          long y = (subtract ? ~w.r[b][n] : w.r[b][n]) & 0xFFFF_FFFFL;
          int borrowed = w.carry >>> n & 1;
          long plus = subtract ? (in ? 1 - borrowed : 1) : (in ? borrowed : 0);
          long sum = (w.r[a][n] & 0xFFFF_FFFFL) + y + plus;
          w.r[d][n] = (int) sum;
          boolean over = sum >>> 32 != 0;
          carry |= (subtract != over ? 1 : 0) << n;
        }
      }
      if (out) {
        w.carry = w.carry & ~m | carry;
      }
    };
  }

  private Op multiply(Instruction i) {
    PtxType type = i.type();
    boolean signed = type.signed();
    if (i.has("wide")) {
      return widening(i, type);
    }
    if (type.wide()) {
      return wide(
          i,
          !i.has("hi")
              ? (a, b) -> a * b
              : signed ? Math::multiplyHigh : Math::unsignedMultiplyHigh);
    }
    if (type.bytes == 2) {
      return word(i, narrowed(type, i.has("hi") ? (a, b) -> a * b >> 16 : (a, b) -> a * b));
    }
    return word(i, i.has("hi") ? high(signed) : (a, b) -> a * b);
  }

  private static IntBinaryOperator high(boolean signed) {
    return signed
        ? (a, b) -> (int) ((long) a * b >> 32)
        : (a, b) -> (int) ((a & 0xFFFF_FFFFL) * (b & 0xFFFF_FFFFL) >>> 32);
  }

  private Op widening(Instruction i, PtxType type) {
    int a = slots.word(i, i.operand(1), type);
    int b = slots.word(i, i.operand(2), type);
    if (type.bytes == 2) {
      int d = slots.word(i, i.operand(0), PtxType.B32);
      return Lanes.word(
          d,
          a,
          b,
          type.signed() ? (x, y) -> (short) x * (short) y : (x, y) -> (x & 0xFFFF) * (y & 0xFFFF));
    }
    return Lanes.widen(slots.wide(i, i.operand(0), PtxType.B64), a, b, wideProduct(type));
  }

  private static LongBinaryOperator wideProduct(PtxType type) {
    return type.signed() ? (x, y) -> x * y : (x, y) -> (x & 0xFFFF_FFFFL) * (y & 0xFFFF_FFFFL);
  }

  private Op multiplyAdd(Instruction i) {
    PtxType type = i.type();
    if (i.has("cc")) {
      throw i.error("is not supported with carry");
    }
    if (i.has("wide")) {
      int a = slots.word(i, i.operand(1), type);
      int b = slots.word(i, i.operand(2), type);
      if (type.bytes == 2) {
        int d = slots.word(i, i.operand(0), PtxType.B32);
        int c = slots.word(i, i.operand(3), PtxType.B32);
        return Lanes.word(
            d,
            a,
            b,
            c,
            type.signed()
                ? (x, y, z) -> (short) x * (short) y + z
                : (x, y, z) -> (x & 0xFFFF) * (y & 0xFFFF) + z);
      }
      int d = slots.wide(i, i.operand(0), PtxType.B64);
      int c = slots.wide(i, i.operand(3), PtxType.B64);
      LongBinaryOperator product = wideProduct(type);
      return (w, m) -> {
        for (int n = 0; n < Warp.LANES; n++) {
          if ((m >>> n & 1) != 0) {
            w.q[d][n] = product.applyAsLong(w.r[a][n], w.r[b][n]) + w.q[c][n];
          }
        }
      };
    }
    if (type.wide()) {
      LongBinaryOperator product =
          i.has("hi")
              ? (type.signed() ? Math::multiplyHigh : Math::unsignedMultiplyHigh)
              : (x, y) -> x * y;
      return Lanes.wide(
          slots.wide(i, i.operand(0), type),
          slots.wide(i, i.operand(1), type),
          slots.wide(i, i.operand(2), type),
          slots.wide(i, i.operand(3), type),
          (x, y, z) -> product.applyAsLong(x, y) + z);
    }
    if (type.bytes == 2) {
      return ternary(i, (x, y, z) -> x * y + z & 0xFFFF);
    }
    IntBinaryOperator product = i.has("hi") ? high(type.signed()) : (x, y) -> x * y;
    return ternary(i, (x, y, z) -> product.applyAsInt(x, y) + z);
  }

  private Op unary(Instruction i) {
    PtxType type = i.type();
    if (type == PtxType.PRED) {
      int d = slots.predicate(i, i.operand(0)).slot();
      Slots.Predicate a = slots.predicate(i, i.operand(1));
      return (w, m) -> Lanes.setPredicate(w, m, d, ~a.of(w));
    }
    if (type.wide()) {
      return wideUnary(i, type);
    }
    int d = slots.word(i, i.operand(0), type);
    int a = slots.word(i, i.operand(1), type);
    int keep = type.bytes == 2 ? 0xFFFF : -1;
    return switch (i.name()) {
      case "abs" -> Lanes.word(d, a, x -> Math.abs(type.bytes == 2 ? (short) x : x) & keep);
      case "neg" -> Lanes.word(d, a, x -> -x & keep);
      case "not" -> Lanes.word(d, a, x -> ~x & keep);
      case "cnot" -> Lanes.word(d, a, x -> (x & keep) == 0 ? 1 : 0);
      case "popc" -> Lanes.word(d, a, Integer::bitCount);
      case "clz" -> Lanes.word(d, a, Integer::numberOfLeadingZeros);
      case "brev" -> Lanes.word(d, a, Integer::reverse);
      default -> {
        boolean shift = i.has("shiftamt");
        yield Lanes.word(d, a, x -> highestBit(type.signed() && x < 0 ? ~x : x, shift));
      }
    };
  }

  private static int highestBit(int x, boolean shift) {
    if (x == 0) {
      return -1;
    }
    int zeros = Integer.numberOfLeadingZeros(x);
    return shift ? zeros : 31 - zeros;
  }

  private Op wideUnary(Instruction i, PtxType type) {
    int a = slots.wide(i, i.operand(1), type);
    return switch (i.name()) {
      case "abs" -> Lanes.wide(slots.wide(i, i.operand(0), type), a, Math::abs);
      case "neg" -> Lanes.wide(slots.wide(i, i.operand(0), type), a, x -> -x);
      case "not" -> Lanes.wide(slots.wide(i, i.operand(0), type), a, x -> ~x);
      case "brev" -> Lanes.wide(slots.wide(i, i.operand(0), type), a, Long::reverse);
      case "popc" -> Lanes.narrow(slots.word(i, i.operand(0), PtxType.B32), a, Long::bitCount);
      case "clz" ->
          Lanes.narrow(slots.word(i, i.operand(0), PtxType.B32), a, Long::numberOfLeadingZeros);
      default -> throw i.error("is not supported for 64 bits");
    };
  }

  private Op logic(Instruction i) {
    PtxType type = i.type();
    if (type == PtxType.PRED) {
      int d = slots.predicate(i, i.operand(0)).slot();
      Slots.Predicate a = slots.predicate(i, i.operand(1));
      Slots.Predicate b = slots.predicate(i, i.operand(2));
      return (w, m) -> Lanes.setPredicate(w, m, d, bits(i.name(), a.of(w), b.of(w)));
    }
    if (type.wide()) {
      return wide(
          i,
          switch (i.name()) {
            case "and" -> (a, b) -> a & b;
            case "or" -> (a, b) -> a | b;
            default -> (a, b) -> a ^ b;
          });
    }
    return switch (i.name()) {
      case "and" ->
          HotOps.and(
              slots.word(i, i.operand(0), type),
              slots.word(i, i.operand(1), type),
              slots.word(i, i.operand(2), type));
      case "or" -> word(i, (a, b) -> a | b);
      default -> word(i, (a, b) -> a ^ b);
    };
  }

  static int bits(String operation, int a, int b) {
    return switch (operation) {
      case "and" -> a & b;
      case "or" -> a | b;
      default -> a ^ b;
    };
  }

  private Op shift(Instruction i) {
    PtxType type = i.type();
    boolean left = i.name().equals("shl");
    int b = slots.word(i, i.operand(2), PtxType.B32);
    if (type.wide()) {
      LongBinaryOperator f =
          left
              ? (x, n) -> n > 63 ? 0 : x << n
              : type.signed() ? (x, n) -> x >> Math.min(n, 63) : (x, n) -> n > 63 ? 0 : x >>> n;
      return Lanes.wideByWord(
          slots.wide(i, i.operand(0), type), slots.wide(i, i.operand(1), type), b, f);
    }
    int d = slots.word(i, i.operand(0), type);
    int a = slots.word(i, i.operand(1), type);
    if (type.bytes == 2) {
      IntBinaryOperator f =
          left
              ? (x, n) -> clampedLeft(x, n) & 0xFFFF
              : type.signed()
                  ? (x, n) -> clampedRight((short) x, n) & 0xFFFF
                  : (x, n) -> clampedLogicalRight(x & 0xFFFF, n);
      return Lanes.word(d, a, b, f);
    }
    if (!left && !type.signed()) {
      return HotOps.shiftRight(d, a, b);
    }
    return Lanes.word(d, a, b, left ? IntegerOps::clampedLeft : IntegerOps::clampedRight);
  }

  private static int clampedLeft(int x, int n) {
    return Integer.compareUnsigned(n, 31) > 0 ? 0 : x << n;
  }

  private static int clampedRight(int x, int n) {
    return x >> (Integer.compareUnsigned(n, 31) > 0 ? 31 : n);
  }

  private static int clampedLogicalRight(int x, int n) {
    return Integer.compareUnsigned(n, 31) > 0 ? 0 : x >>> n;
  }

  private Op funnel(Instruction i) {
    boolean left = i.has("l");
    boolean wrap = i.has("wrap");
    return ternary(
        i,
        (low, high, c) -> {
          int n = wrap ? c & 31 : Integer.compareUnsigned(c, 32) > 0 ? 32 : c;
          long both = (long) high << 32 | low & 0xFFFF_FFFFL;
          return (int) (left ? both << n >>> 32 : both >>> n);
        });
  }

  private Op lop3(Instruction i) {
    if (!(i.operand(4) instanceof Operand.Int(long table))) {
      throw i.error("needs a literal table");
    }
    return ternary(
        i,
        (a, b, c) -> {
          int result = 0;
          for (int row = 0; row < 8; row++) {
            if ((table >>> row & 1) != 0) {
              result |=
                  ((row & 4) != 0 ? a : ~a) & ((row & 2) != 0 ? b : ~b) & ((row & 1) != 0 ? c : ~c);
            }
          }
          return result;
        });
  }

  private Op bitFieldExtract(Instruction i) {
    PtxType type = i.type();
    boolean signed = type.signed();
    if (type.wide()) {
      int d = slots.wide(i, i.operand(0), type);
      int a = slots.wide(i, i.operand(1), type);
      int b = slots.word(i, i.operand(2), PtxType.B32);
      int c = slots.word(i, i.operand(3), PtxType.B32);
      return (w, m) -> {
        for (int n = 0; n < Warp.LANES; n++) {
          if ((m >>> n & 1) != 0) {
            w.q[d][n] =
                extract(
                    BigInteger.valueOf(w.q[a][n]), w.r[b][n] & 0xFF, w.r[c][n] & 0xFF, 64, signed);
          }
        }
      };
    }
    return ternary(i, (a, b, c) -> extract(a, b & 0xFF, c & 0xFF, signed));
  }

  private static int extract(int value, int start, int length, boolean signed) {
    if (length == 0) {
      return 0;
    }
    if (start + length <= 32) {
      int top = value << 32 - start - length;
      return signed ? top >> 32 - length : top >>> 32 - length;
    }
    return (int) extract(BigInteger.valueOf(value), start, length, 32, signed);
  }

  /**
   * As the PTX manual states it: the sign bit is the one at the field's end, or the register's
   * last.
   */
  private static long extract(BigInteger value, int start, int length, int width, boolean signed) {
    int last = Math.min(start + length - 1, width - 1);
    boolean negative = signed && length > 0 && value.testBit(last);
    long result = 0;
    for (int bit = 0; bit < width; bit++) {
      boolean set = bit < length && start + bit < width ? value.testBit(start + bit) : negative;
      result |= set ? 1L << bit : 0;
    }
    return width == 32 ? (int) result : result;
  }

  private Op bitFieldInsert(Instruction i) {
    PtxType type = i.type();
    int c = slots.word(i, i.operand(3), PtxType.B32);
    int e = slots.word(i, i.operand(4), PtxType.B32);
    if (type.wide()) {
      throw i.error("is supported for 32 bits only");
    }
    int d = slots.word(i, i.operand(0), type);
    int a = slots.word(i, i.operand(1), type);
    int b = slots.word(i, i.operand(2), type);
    return (w, m) -> {
      for (int n = 0; n < Warp.LANES; n++) {
        if ((m >>> n & 1) != 0) {
          int field = mask(w.r[c][n] & 0xFF, w.r[e][n] & 0xFF);
          int start = w.r[c][n] & 0xFF;
          w.r[d][n] = w.r[b][n] & ~field | (start > 31 ? 0 : w.r[a][n] << start) & field;
        }
      }
    };
  }

  /** Ones in {@code length} bits from bit {@code start}. */
  private static int mask(int start, int length) {
    long ones = length >= 32 ? 0xFFFF_FFFFL : (1L << length) - 1;
    return start >= 32 ? 0 : (int) (ones << start);
  }

  private Op permute(Instruction i) {
    if (i.suffixes().size() > 1) {
      return ternary(i, (a, b, c) -> permuteMode(i, a, b, c & 3));
    }
    return ternary(i, IntegerOps::permute);
  }

  private static int permute(int a, int b, int selector) {
    long bytes = (long) b << 32 | a & 0xFFFF_FFFFL;
    int result = 0;
    for (int k = 0; k < 4; k++) {
      int choice = selector >>> 4 * k & 0xF;
      int value = (int) (bytes >>> 8 * (choice & 7)) & 0xFF;
      if ((choice & 8) != 0) {
        value = (value & 0x80) != 0 ? 0xFF : 0;
      }
      result |= value << 8 * k;
    }
    return result;
  }

  private static int permuteMode(Instruction i, int a, int b, int c) {
    int selector =
        switch (i.suffixes().get(1)) {
          case "f4e" -> 0x3210 + 0x1111 * c;
          case "b4e" -> new int[] {0x5670, 0x6701, 0x7012, 0x0123}[c];
          case "rc8" -> 0x1111 * c;
          case "ecl" -> new int[] {0x3210, 0x3211, 0x3222, 0x3333}[c];
          case "ecr" -> new int[] {0x0000, 0x1110, 0x2210, 0x3210}[c];
          case "rc16" -> (c & 1) == 0 ? 0x1010 : 0x3232;
          default -> throw i.error("has an unknown mode");
        };
    return permute(a, b, selector);
  }

  private Op dotProduct(Instruction i) {
    boolean signedA = i.types().getFirst().signed();
    boolean signedB = i.types().get(1).signed();
    if (i.name().equals("dp2a")) {
      int base = i.has("hi") ? 16 : 0;
      return ternary(
          i,
          (a, b, c) -> {
            int sum = c;
            for (int k = 0; k < 2; k++) {
              int x = a >>> 16 * k;
              int y = b >>> base + 8 * k;
              sum += (signedA ? (short) x : x & 0xFFFF) * (signedB ? (byte) y : y & 0xFF);
            }
            return sum;
          });
    }
    if (signedB) {
      int d = slots.word(i, i.operand(0), PtxType.B32);
      int a = slots.word(i, i.operand(1), PtxType.B32);
      int b = slots.word(i, i.operand(2), PtxType.B32);
      int c = slots.word(i, i.operand(3), PtxType.B32);
      return signedA ? HotOps.dotProduct(d, a, b, c) : HotOps.unsignedDotProduct(d, a, b, c);
    }
    return ternary(
        i,
        (a, b, c) -> {
          int sum = c;
          for (int shift = 0; shift < 32; shift += 8) {
            int x = a >>> shift;
            int y = b >>> shift;
            sum += (signedA ? (byte) x : x & 0xFF) * (y & 0xFF);
          }
          return sum;
        });
  }

  private static int absDifference(int a, int b) {
    return Math.max(a, b) - Math.min(a, b);
  }

  private static int unsignedDifference(int a, int b) {
    return Integer.compareUnsigned(a, b) < 0 ? b - a : a - b;
  }

  private Op word(Instruction i, IntBinaryOperator f) {
    PtxType type = i.type();
    return Lanes.word(
        slots.word(i, i.operand(0), type),
        slots.word(i, i.operand(1), type),
        slots.word(i, i.operand(2), type),
        f);
  }

  private Op ternary(Instruction i, IntTernary f) {
    return Lanes.word(
        slots.word(i, i.operand(0), PtxType.B32),
        slots.word(i, i.operand(1), PtxType.B32),
        slots.word(i, i.operand(2), PtxType.B32),
        slots.word(i, i.operand(3), PtxType.B32),
        f);
  }

  private Op wide(Instruction i, LongBinaryOperator f) {
    PtxType type = i.type();
    return Lanes.wide(
        slots.wide(i, i.operand(0), type),
        slots.wide(i, i.operand(1), type),
        slots.wide(i, i.operand(2), type),
        f);
  }
}
