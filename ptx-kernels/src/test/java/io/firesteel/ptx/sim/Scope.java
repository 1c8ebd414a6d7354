package io.firesteel.ptx.sim;

import java.util.HashMap;
import java.util.Map;

/** Names declared between braces. */
final class Scope {
  private final Scope outer;
  private final Map<String, Operand> names = new HashMap<>();
  private final Map<String, Integer> labels = new HashMap<>();

  Scope(Scope outer) {
    this.outer = outer;
  }

  Scope outer() {
    return outer;
  }

  void declare(String name, Operand operand, int line) {
    if (names.put(name, operand) != null) {
      throw new SimFault("line " + line + ": " + name + " is declared twice");
    }
  }

  void label(String name, int instruction, int line) {
    if (labels.put(name, instruction) != null) {
      throw new SimFault("line " + line + ": label " + name + " stands twice");
    }
  }

  /** What the name stands for here, or null. */
  Operand find(String name) {
    Operand operand = names.get(name);
    return operand != null || outer == null ? operand : outer.find(name);
  }

  /** Index of the instruction behind the label, or -1. */
  int target(String label) {
    Integer target = labels.get(label);
    if (target != null) {
      return target;
    }
    return outer == null ? -1 : outer.target(label);
  }
}
