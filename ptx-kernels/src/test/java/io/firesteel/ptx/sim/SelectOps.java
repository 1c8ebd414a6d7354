package io.firesteel.ptx.sim;

import io.firesteel.ptx.sim.Lanes.IntTest;
import io.firesteel.ptx.sim.Lanes.LongTest;
import java.util.List;

/** Moves, comparisons and selection. */
final class SelectOps {
  private static final List<String> COMBINATIONS = List.of("and", "or", "xor");

  /** Lanes where a comparison holds. */
  @FunctionalInterface
  private interface Comparison {
    int of(Warp warp, int mask);
  }

  private final Slots slots;

  SelectOps(Slots slots) {
    this.slots = slots;
  }

  /** The operation of an instruction, or null if it is none of these. */
  Op decode(Instruction i) {
    return switch (i.name()) {
      case "mov" -> move(i);
      case "setp" -> setPredicate(i);
      case "set" -> set(i);
      case "selp" -> select(i);
      case "slct" -> selectBySign(i);
      case "cvta" -> convertAddress(i);
      default -> null;
    };
  }

  private Op move(Instruction i) {
    PtxType type = i.type();
    if (type == PtxType.PRED) {
      int d = slots.predicate(i, i.operand(0)).slot();
      if (i.operand(1) instanceof Operand.Int(long value)) {
        return (w, m) -> Lanes.setPredicate(w, m, d, value == 0 ? 0 : -1);
      }
      Slots.Predicate a = slots.predicate(i, i.operand(1));
      return (w, m) -> Lanes.setPredicate(w, m, d, a.of(w));
    }
    if (i.operand(0) instanceof Operand.Vector(List<Operand> parts)) {
      return unpack(i, type, parts);
    }
    if (i.operand(1) instanceof Operand.Vector(List<Operand> parts)) {
      return pack(i, type, parts);
    }
    if (i.operand(1) instanceof Operand.Name(String name) && isClock(name)) {
      return clock(i, type);
    }
    if (type.wide()) {
      int d = slots.wide(i, i.operand(0), type);
      int a = slots.wide(i, i.operand(1), type);
      return Lanes.wide(d, a, x -> x);
    }
    int d = slots.word(i, i.operand(0), type);
    int a = slots.word(i, i.operand(1), type);
    return (w, m) -> {
      int[] to = w.r[d];
      int[] x = w.r[a];
      for (int n = 0; n < Warp.LANES; n++) {
        to[n] = (m >>> n & 1) != 0 ? x[n] : to[n];
      }
    };
  }

  private static boolean isClock(String name) {
    return name.equals("%clock") || name.equals("%clock64") || name.startsWith("%globaltimer");
  }

  private Op clock(Instruction i, PtxType type) {
    if (type.wide()) {
      int d = slots.wide(i, i.operand(0), type);
      return Lanes.wide(d, d, _ -> System.nanoTime());
    }
    int d = slots.word(i, i.operand(0), type);
    return Lanes.word(d, d, _ -> (int) System.nanoTime());
  }

  private Op unpack(Instruction i, PtxType type, List<Operand> parts) {
    int bits = type.bytes * 8 / parts.size();
    PtxType part = part(i, bits);
    int a = slots.slot(i, i.operand(1), type);
    int[] d = parts.stream().mapToInt(p -> slots.slot(i, p, part)).toArray();
    long keep = (1L << bits) - 1;
    return (w, m) -> {
      for (int n = 0; n < Warp.LANES; n++) {
        if ((m >>> n & 1) != 0) {
          long value = type.wide() ? w.q[a][n] : w.r[a][n];
          for (int k = 0; k < d.length; k++) {
            w.r[d[k]][n] = (int) (value >>> k * bits & keep);
          }
        }
      }
    };
  }

  private Op pack(Instruction i, PtxType type, List<Operand> parts) {
    int bits = type.bytes * 8 / parts.size();
    PtxType part = part(i, bits);
    int d = slots.slot(i, i.operand(0), type);
    int[] a = parts.stream().mapToInt(p -> slots.slot(i, p, part)).toArray();
    long keep = (1L << bits) - 1;
    return (w, m) -> {
      for (int n = 0; n < Warp.LANES; n++) {
        if ((m >>> n & 1) != 0) {
          long value = 0;
          for (int k = 0; k < a.length; k++) {
            value |= (w.r[a[k]][n] & keep) << k * bits;
          }
          if (type.wide()) {
            w.q[d][n] = value;
          } else {
            w.r[d][n] = (int) value;
          }
        }
      }
    };
  }

  private static PtxType part(Instruction i, int bits) {
    return switch (bits) {
      case 8 -> PtxType.B8;
      case 16 -> PtxType.B16;
      case 32 -> PtxType.B32;
      default -> throw i.error("packs " + bits + " bits to an element");
    };
  }

  private Op setPredicate(Instruction i) {
    Operand first = i.operand(0);
    Operand second = null;
    if (first instanceof Operand.Pair(Operand p, Operand q)) {
      first = p;
      second = q;
    }
    int d = slots.predicate(i, first).slot();
    int e = second == null ? -1 : slots.predicate(i, second).slot();
    Comparison test = comparison(i, i.type());
    String combination =
        i.suffixes().stream().filter(COMBINATIONS::contains).findFirst().orElse(null);
    if (combination == null) {
      return (w, m) -> {
        int holds = test.of(w, m);
        Lanes.setPredicate(w, m, d, holds);
        if (e >= 0) {
          Lanes.setPredicate(w, m, e, ~holds);
        }
      };
    }
    Slots.Predicate c = slots.predicate(i, i.operand(3));
    return (w, m) -> {
      int holds = test.of(w, m);
      int other = c.of(w);
      Lanes.setPredicate(w, m, d, IntegerOps.bits(combination, holds, other));
      if (e >= 0) {
        Lanes.setPredicate(w, m, e, IntegerOps.bits(combination, ~holds, other));
      }
    };
  }

  private Op set(Instruction i) {
    PtxType to = i.types().getFirst();
    Comparison test = comparison(i, i.types().get(1));
    int d = slots.word(i, i.operand(0), to);
    int yes = to == PtxType.F32 ? Float.floatToRawIntBits(1) : -1;
    return (w, m) -> {
      int holds = test.of(w, m);
      for (int n = 0; n < Warp.LANES; n++) {
        if ((m >>> n & 1) != 0) {
          w.r[d][n] = (holds >>> n & 1) != 0 ? yes : 0;
        }
      }
    };
  }

  private Comparison comparison(Instruction i, PtxType type) {
    String name = i.suffixes().getFirst();
    if (type.wide()) {
      int a = slots.wide(i, i.operand(1), type);
      int b = slots.wide(i, i.operand(2), type);
      LongTest test =
          type == PtxType.F64
              ? (x, y) -> floats(i, name, Double.longBitsToDouble(x), Double.longBitsToDouble(y))
              : wideTest(i, name, type.signed());
      return (w, m) -> Lanes.testWide(w, m, a, b, test);
    }
    int a = slots.word(i, i.operand(1), type);
    int b = slots.word(i, i.operand(2), type);
    IntTest test =
        switch (type) {
          case F32 -> (x, y) -> floats(i, name, Float.intBitsToFloat(x), Float.intBitsToFloat(y));
          case F16, BF16 ->
              (x, y) -> floats(i, name, Halves.decode(type, x), Halves.decode(type, y));
          case U16, B16, U8, B8 -> {
            IntTest full = wordTest(i, name, false);
            yield (x, y) -> full.of(x & 0xFFFF, y & 0xFFFF);
          }
          case S16, S8 -> {
            IntTest full = wordTest(i, name, true);
            yield (x, y) -> full.of((short) x, (short) y);
          }
          default -> wordTest(i, name, type.signed());
        };
    return (w, m) -> Lanes.test(w, m, a, b, test);
  }

  private static IntTest wordTest(Instruction i, String name, boolean signed) {
    return switch (name) {
      case "eq" -> (a, b) -> a == b;
      case "ne" -> (a, b) -> a != b;
      case "lt" -> signed ? (a, b) -> a < b : (a, b) -> Integer.compareUnsigned(a, b) < 0;
      case "le" -> signed ? (a, b) -> a <= b : (a, b) -> Integer.compareUnsigned(a, b) <= 0;
      case "gt" -> signed ? (a, b) -> a > b : (a, b) -> Integer.compareUnsigned(a, b) > 0;
      case "ge" -> signed ? (a, b) -> a >= b : (a, b) -> Integer.compareUnsigned(a, b) >= 0;
      case "lo" -> (a, b) -> Integer.compareUnsigned(a, b) < 0;
      case "ls" -> (a, b) -> Integer.compareUnsigned(a, b) <= 0;
      case "hi" -> (a, b) -> Integer.compareUnsigned(a, b) > 0;
      case "hs" -> (a, b) -> Integer.compareUnsigned(a, b) >= 0;
      default -> throw i.error("has an unknown comparison");
    };
  }

  private static LongTest wideTest(Instruction i, String name, boolean signed) {
    return switch (name) {
      case "eq" -> (a, b) -> a == b;
      case "ne" -> (a, b) -> a != b;
      case "lt" -> signed ? (a, b) -> a < b : (a, b) -> Long.compareUnsigned(a, b) < 0;
      case "le" -> signed ? (a, b) -> a <= b : (a, b) -> Long.compareUnsigned(a, b) <= 0;
      case "gt" -> signed ? (a, b) -> a > b : (a, b) -> Long.compareUnsigned(a, b) > 0;
      case "ge" -> signed ? (a, b) -> a >= b : (a, b) -> Long.compareUnsigned(a, b) >= 0;
      case "lo" -> (a, b) -> Long.compareUnsigned(a, b) < 0;
      case "ls" -> (a, b) -> Long.compareUnsigned(a, b) <= 0;
      case "hi" -> (a, b) -> Long.compareUnsigned(a, b) > 0;
      case "hs" -> (a, b) -> Long.compareUnsigned(a, b) >= 0;
      default -> throw i.error("has an unknown comparison");
    };
  }

  private static boolean floats(Instruction i, String name, double a, double b) {
    boolean unordered = Double.isNaN(a) || Double.isNaN(b);
    return switch (name) {
      case "eq" -> a == b;
      case "ne" -> !unordered && a != b;
      case "lt" -> a < b;
      case "le" -> a <= b;
      case "gt" -> a > b;
      case "ge" -> a >= b;
      case "equ" -> unordered || a == b;
      case "neu" -> unordered || a != b;
      case "ltu" -> unordered || a < b;
      case "leu" -> unordered || a <= b;
      case "gtu" -> unordered || a > b;
      case "geu" -> unordered || a >= b;
      case "num" -> !unordered;
      case "nan" -> unordered;
      default -> throw i.error("has an unknown comparison");
    };
  }

  private Op select(Instruction i) {
    PtxType type = i.type();
    Slots.Predicate c = slots.predicate(i, i.operand(3));
    int d = slots.slot(i, i.operand(0), type);
    int a = slots.slot(i, i.operand(1), type);
    int b = slots.slot(i, i.operand(2), type);
    if (type.wide()) {
      return (w, m) -> {
        int holds = c.of(w);
        for (int n = 0; n < Warp.LANES; n++) {
          if ((m >>> n & 1) != 0) {
            w.q[d][n] = (holds >>> n & 1) != 0 ? w.q[a][n] : w.q[b][n];
          }
        }
      };
    }
    return (w, m) -> {
      int holds = c.of(w);
      for (int n = 0; n < Warp.LANES; n++) {
        if ((m >>> n & 1) != 0) {
          w.r[d][n] = (holds >>> n & 1) != 0 ? w.r[a][n] : w.r[b][n];
        }
      }
    };
  }

  private Op selectBySign(Instruction i) {
    PtxType type = i.types().getFirst();
    if (type.wide()) {
      throw i.error("is supported for 32 bits only");
    }
    boolean real = i.types().get(1) == PtxType.F32;
    return Lanes.word(
        slots.word(i, i.operand(0), type),
        slots.word(i, i.operand(1), type),
        slots.word(i, i.operand(2), type),
        slots.word(i, i.operand(3), i.types().get(1)),
        (a, b, c) -> (real ? Float.intBitsToFloat(c) >= 0 : c >= 0) ? a : b);
  }

  private Op convertAddress(Instruction i) {
    PtxType type = i.type();
    if (!type.wide()) {
      throw i.error("is supported for 64-bit addresses only");
    }
    long window =
        switch (Space.of(i.suffixes())) {
          case SHARED -> MemoryOps.SHARED_WINDOW;
          case LOCAL -> MemoryOps.LOCAL_WINDOW;
          case GLOBAL, CONST, PARAM, GENERIC -> 0;
        };
    long change = i.has("to") ? -window : window;
    return Lanes.wide(
        slots.wide(i, i.operand(0), type), slots.wide(i, i.operand(1), type), x -> x + change);
  }
}
