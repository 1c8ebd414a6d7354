package io.firesteel.ptx.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.conformance.OpsConformance;
import io.firesteel.model.conformance.Tolerances;
import io.firesteel.model.ops.Op;
import io.firesteel.ptx.kernel.Target;
import io.firesteel.ptx.sim.SimDevice;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The conformance suite on the kernels themselves, interpreted. */
class PtxOpsOnInterpreterTest extends OpsConformance {
  private static final int FEWEST_CASES = 8;

  PtxOpsOnInterpreterTest() {
    super(onInterpreter(), Tolerances.INT8);
  }

  private static PtxOps onInterpreter() {
    return new PtxOps("ptx (interpreted)", new SimDevice(2026, Target.SM_90, 4, true));
  }

  /** Cases that are not supported count as skipped; this sees to it that not all of an op are. */
  @ParameterizedTest
  @EnumSource(value = Op.class, mode = EnumSource.Mode.EXCLUDE, names = "SAMPLE")
  void everyOpIsCovered(Op op) {
    List<ConformanceCase> cases =
        ConformanceSuite.cases().stream().filter(c -> c.op() == op).toList();
    try (PtxOps ops = onInterpreter()) {
      int supported = cases.size() - ConformanceCase.unsupported(cases, ops).size();
      assertTrue(supported >= FEWEST_CASES, op + " has " + supported + " supported cases");
    }
  }
}
