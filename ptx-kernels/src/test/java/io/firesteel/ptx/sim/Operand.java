package io.firesteel.ptx.sim;

import java.util.List;

/** An operand of an instruction, with names of registers and variables resolved. */
sealed interface Operand {
  /** A register: its type decides in which file it lies. */
  record Register(String name, PtxType type, int slot) implements Operand {}

  /**
   * A read-only register such as {@code %tid.x}, or a name that is only known later, such as a
   * label.
   */
  record Name(String name) implements Operand {}

  /** A variable; stands for its address. */
  record Variable(String name, Space space, long address, long size) implements Operand {}

  /** A parameter of the kernel; stands for its place in parameter space. */
  record Parameter(String name, long offset) implements Operand {}

  /** An integer. */
  record Int(long value) implements Operand {}

  /** A floating-point literal; {@code single} for the {@code 0f} form. */
  record Real(double value, boolean single) implements Operand {}

  /** Two registers written by one instruction: {@code p|q}. */
  record Pair(Operand first, Operand second) implements Operand {}

  /** A negated predicate. */
  record Not(Operand operand) implements Operand {}

  /** Elements in braces. */
  record Vector(List<Operand> elements) implements Operand {}

  /** An address: base (null for none) and bytes added to it. */
  record Address(Operand base, long offset) implements Operand {}
}
