package io.firesteel.model.conformance;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.Ops;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Runs {@link ConformanceSuite} on an implementation:
 *
 * <pre>{@code
 * class CpuOpsTest extends OpsConformance {
 *   CpuOpsTest() {
 *     super(new CpuOps(2), Tolerances.FLOAT32);
 *   }
 * }
 * }</pre>
 *
 * Cases that the implementation does not support are reported as skipped, with its name, and
 * counted.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class OpsConformance {
  private final Ops ops;
  private final Tolerances tolerances;

  /**
   * Tests an implementation, which is closed at the end.
   *
   * @param tolerances errors that its way of computing may have
   */
  protected OpsConformance(Ops ops, Tolerances tolerances) {
    this.ops = ops;
    this.tolerances = tolerances;
  }

  /** One container for each op. */
  @TestFactory
  Stream<DynamicNode> conformance() {
    List<ConformanceCase> cases = ConformanceSuite.cases();
    List<ConformanceCase> unsupported = ConformanceCase.unsupported(cases, ops);
    System.out.printf(
        "conformance of %s: %d cases, %d of them not supported%n",
        ops.name(), cases.size(), unsupported.size());
    return cases.stream().collect(Collectors.groupingBy(ConformanceCase::op)).entrySet().stream()
        .sorted(Comparator.comparing(entry -> entry.getKey()))
        .map(entry -> container(entry.getKey(), entry.getValue(), unsupported));
  }

  private DynamicNode container(
      Op op, List<ConformanceCase> cases, List<ConformanceCase> unsupported) {
    return dynamicContainer(
        op.label(),
        cases.stream().map(c -> dynamicTest(c.name(), () -> run(c, unsupported.contains(c)))));
  }

  private void run(ConformanceCase conformanceCase, boolean unsupported) {
    Assumptions.assumeFalse(unsupported, ops.name() + " does not support this call");
    conformanceCase.check(ops, tolerances);
  }

  @AfterAll
  void close() {
    ops.close();
  }
}
