package io.firesteel.ptx.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.conformance.Nmse;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.OpCall;
import io.firesteel.ptx.kernel.Target;
import io.firesteel.ptx.sim.SimDevice;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The interpreted kernels against their own arithmetic in double precision: far tighter than a
 * comparison with exact activations, so that a wrong scale or minimum of one sub-block shows.
 */
class Int8ProductsTest {
  /** Float sums, and now and then a value on the border between two roundings. */
  private static final double LARGEST_NMSE = 2e-6;

  private final PtxOps kernels =
      new PtxOps("ptx (interpreted)", new SimDevice(7, Target.SM_80, 4, false));
  private final Int8ReferenceOps reference = new Int8ReferenceOps();

  @TestFactory
  Stream<DynamicTest> kernelsComputeWhatTheyDefine() {
    List<ConformanceCase> cases =
        ConformanceSuite.cases().stream()
            .filter(c -> kernels.supports(c.call().get()) && reference.supports(c.call().get()))
            .toList();
    assertTrue(cases.size() > 100, "only " + cases.size() + " cases are supported");
    // every third, since each shape differs only by type and op
    return IntStream.iterate(0, i -> i < cases.size(), i -> i + 3)
        .mapToObj(cases::get)
        .map(c -> DynamicTest.dynamicTest(c.name(), () -> check(c)));
  }

  private void check(ConformanceCase conformanceCase) {
    OpCall actual = conformanceCase.call().get();
    OpCall expected = conformanceCase.call().get();
    kernels.run(actual);
    reference.run(expected);
    List<float[]> found = outputs(actual);
    List<float[]> wanted = outputs(expected);
    for (int i = 0; i < found.size(); i++) {
      double nmse = Nmse.of(found.get(i), wanted.get(i));
      assertTrue(nmse <= LARGEST_NMSE, "NMSE of output " + i + " is " + nmse);
    }
  }

  private static List<float[]> outputs(OpCall call) {
    return switch (call) {
      case AttnIn c -> List.of(c.q(), c.k(), c.v());
      case AttnOut c -> List.of(c.x());
      case Logits c -> List.of(c.logits());
      case ExpertIn c -> List.of(c.activations());
      case ExpertOut c -> List.of(c.x());
      default -> throw new IllegalArgumentException(call.op().label());
    };
  }
}
