package io.firesteel.mcp;

import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.conformance.Tolerances;
import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.Ops;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The cases of the conformance suite, found by op and name. */
final class Cases {
  private Cases() {}

  static List<String> opNames() {
    return Arrays.stream(Op.values()).map(Op::label).toList();
  }

  static Op op(String label) throws ToolException {
    for (Op op : Op.values()) {
      if (op.label().equals(label)) {
        return op;
      }
    }
    throw new ToolException("there is no op '" + label + "'; there are " + opNames());
  }

  static List<ConformanceCase> of(Op op) {
    return ConformanceSuite.cases().stream().filter(each -> each.op() == op).toList();
  }

  static ConformanceCase named(Op op, String name) throws ToolException {
    return of(op).stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ToolException(
                    "there is no case '"
                        + name
                        + "' of "
                        + op.label()
                        + "; there are "
                        + of(op).stream().map(ConformanceCase::name).toList()));
  }

  /**
   * How exactly an implementation computes a case.
   *
   * @param tolerance the strictest that it keeps; empty if it keeps none
   * @param problem what is wrong by the loosest; empty if nothing is
   */
  record Verdict(Optional<Tolerances> tolerance, Optional<String> problem) {
    String word() {
      return tolerance.map(t -> t.name().toLowerCase(Locale.ROOT)).orElse("none");
    }
  }

  static Verdict check(ConformanceCase each, Ops ops) {
    String problem = "";
    for (Tolerances tolerance : Tolerances.values()) {
      try {
        each.check(ops, tolerance);
        return new Verdict(Optional.of(tolerance), Optional.empty());
      } catch (AssertionError e) {
        problem = e.getMessage();
      }
    }
    return new Verdict(Optional.empty(), Optional.of(problem));
  }
}
