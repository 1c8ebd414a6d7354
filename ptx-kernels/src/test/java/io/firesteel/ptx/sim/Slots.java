package io.firesteel.ptx.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives every operand a slot in a register file; literals and read-only registers get slots of
 * their own.
 */
final class Slots {
  /** A predicate operand. */
  record Predicate(int slot, boolean negated) {
    int of(Warp warp) {
      return negated ? ~warp.p[slot] : warp.p[slot];
    }
  }

  private final Map<Integer, Integer> words = new HashMap<>();
  private final Map<Long, Integer> longs = new HashMap<>();
  private final Map<String, Integer> specialWords = new HashMap<>();
  private final Map<String, Integer> specialLongs = new HashMap<>();
  private final List<Program.Constant32> constants32 = new ArrayList<>();
  private final List<Program.Constant64> constants64 = new ArrayList<>();
  private final List<Program.Special> specials = new ArrayList<>();
  private int next32;
  private int next64;
  private int sink32 = -1;
  private int sink64 = -1;

  Slots(Entry entry) {
    next32 = entry.registers32();
    next64 = entry.registers64();
  }

  /** A destination or source of the given type, in the file that its width asks for. */
  int slot(Instruction i, Operand operand, PtxType type) {
    return type.wide() ? wide(i, operand, type) : word(i, operand, type);
  }

  /** Slot of a source of up to 32 bits. */
  int word(Instruction i, Operand operand, PtxType type) {
    return switch (operand) {
      case Operand.Register r when r.type() != PtxType.PRED && !r.type().wide() -> r.slot();
      case Operand.Int(long value) when type != PtxType.F32 -> constant((int) value);
      case Operand.Real(double value, boolean _) when type == PtxType.F32 || type == PtxType.B32 ->
          constant(Float.floatToRawIntBits((float) value));
      case Operand.Variable v -> constant((int) v.address());
      case Operand.Name(String name) when name.equals("_") -> sink32();
      case Operand.Name(String name) when SpecialRegisters.exists(name) -> special(name);
      default -> throw i.error("has operand " + operand + ", expected " + type);
    };
  }

  /** Slot of a 64-bit source. */
  int wide(Instruction i, Operand operand, PtxType type) {
    return switch (operand) {
      case Operand.Register r when r.type().wide() -> r.slot();
      case Operand.Int(long value) when type != PtxType.F64 -> constant(value);
      case Operand.Real(double value, boolean _) -> constant(Double.doubleToRawLongBits(value));
      case Operand.Variable v -> constant(v.address());
      case Operand.Name(String name) when name.equals("_") -> sink64();
      case Operand.Name(String name) when SpecialRegisters.exists(name) -> specialWide(name);
      default -> throw i.error("has operand " + operand + ", expected " + type);
    };
  }

  Predicate predicate(Instruction i, Operand operand) {
    return switch (operand) {
      case Operand.Register r when r.type() == PtxType.PRED -> new Predicate(r.slot(), false);
      case Operand.Not(Operand.Register r) when r.type() == PtxType.PRED ->
          new Predicate(r.slot(), true);
      default -> throw i.error("has operand " + operand + ", expected a predicate");
    };
  }

  int constant(int value) {
    return words.computeIfAbsent(
        value,
        v -> {
          constants32.add(new Program.Constant32(next32, v));
          return next32++;
        });
  }

  int constant(long value) {
    return longs.computeIfAbsent(
        value,
        v -> {
          constants64.add(new Program.Constant64(next64, v));
          return next64++;
        });
  }

  private int special(String name) {
    return specialWords.computeIfAbsent(
        name,
        n -> {
          specials.add(new Program.Special(n, next32, false));
          return next32++;
        });
  }

  private int specialWide(String name) {
    return specialLongs.computeIfAbsent(
        name,
        n -> {
          specials.add(new Program.Special(n, next64, true));
          return next64++;
        });
  }

  /** A place for results that nobody wants. */
  private int sink32() {
    if (sink32 < 0) {
      sink32 = next32++;
      specials.add(new Program.Special("%laneid", sink32, false));
    }
    return sink32;
  }

  private int sink64() {
    if (sink64 < 0) {
      sink64 = next64++;
      specials.add(new Program.Special("%laneid", sink64, true));
    }
    return sink64;
  }

  Program program(Entry entry, Step[] steps) {
    return new Program(
        entry,
        steps,
        List.copyOf(constants32),
        List.copyOf(constants64),
        List.copyOf(specials),
        next32,
        next64);
  }
}
