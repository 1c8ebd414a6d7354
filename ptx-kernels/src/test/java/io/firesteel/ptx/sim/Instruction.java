package io.firesteel.ptx.sim;

import java.util.List;

/**
 * An instruction as parsed.
 *
 * @param line line in the PTX text
 * @param name opcode without suffixes, such as {@code ld}
 * @param suffixes in order, without dots
 * @param guard predicate that must hold, or null
 * @param guardNegated whether it must not hold instead
 * @param operands in order
 * @param scope where labels are looked up
 */
record Instruction(
    int line,
    String name,
    List<String> suffixes,
    Operand.Register guard,
    boolean guardNegated,
    List<Operand> operands,
    Scope scope) {

  boolean has(String suffix) {
    return suffixes.contains(suffix);
  }

  /** The type suffixes in order. */
  List<PtxType> types() {
    return suffixes.stream().flatMap(suffix -> PtxType.of(suffix).stream()).toList();
  }

  PtxType type() {
    List<PtxType> types = types();
    if (types.isEmpty()) {
      throw error("has no type");
    }
    return types.getFirst();
  }

  Operand operand(int index) {
    if (index >= operands.size()) {
      throw error("has " + operands.size() + " operands, expected more");
    }
    return operands.get(index);
  }

  SimFault error(String what) {
    return new SimFault("line " + line + ": " + this + " " + what);
  }

  @Override
  public String toString() {
    return suffixes.isEmpty() ? name : name + "." + String.join(".", suffixes);
  }
}
