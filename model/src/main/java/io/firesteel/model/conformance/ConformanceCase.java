package io.firesteel.model.conformance;

import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.Ops;
import io.firesteel.model.reference.ReferenceOps;
import java.util.List;
import java.util.function.Supplier;

/**
 * One call of one op with fixed operands.
 *
 * @param op the op that is called
 * @param name what is particular about it, unique in the suite
 * @param call makes the call, with the same operands in fresh memory each time
 */
public record ConformanceCase(Op op, String name, Supplier<OpCall> call) {
  /**
   * Runs the case. Outputs are filled with NaN (or -1) first; afterwards they must agree with the
   * reference, and operands that are only read must be untouched.
   *
   * @throws AssertionError if they do not; names the operand, what was found and what was expected
   * @throws UnsupportedOperationException if the implementation does not support the call
   */
  public void check(Ops ops, Tolerances tolerances) {
    OpCall actual = call.get();
    if (!ops.supports(actual)) {
      throw new UnsupportedOperationException(ops.name() + " does not support " + name);
    }
    OpCall expected = call.get();
    OpCall before = call.get();
    try (ReferenceOps reference = new ReferenceOps()) {
      reference.run(expected);
    }
    Operands operands = Operands.of(actual);
    operands.poison();
    ops.run(actual);
    operands.check(Operands.of(expected), Operands.of(before), tolerances);
  }

  /** Those of the cases that an implementation does not support. */
  public static List<ConformanceCase> unsupported(List<ConformanceCase> cases, Ops ops) {
    return cases.stream().filter(c -> !ops.supports(c.call().get())).toList();
  }

  @Override
  public String toString() {
    return name;
  }
}
