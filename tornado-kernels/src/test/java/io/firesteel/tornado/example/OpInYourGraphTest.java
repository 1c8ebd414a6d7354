package io.firesteel.tornado.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.conformance.Tolerances;
import io.firesteel.model.ops.Op;
import io.firesteel.tornado.graph.GraphOps;
import io.firesteel.tornado.kernels.ArrayOp;
import io.firesteel.tornado.sdk.Backend;
import io.firesteel.tornado.sdk.NeedsTornado;
import io.firesteel.tornado.sdk.RunningTornado;
import io.firesteel.tornado.sdk.SdkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Single ops in task graphs that are not Firesteel's, through an installed TornadoVM. */
@NeedsTornado
class OpInYourGraphTest {
  @Test
  void anOpBehindAKernelOfTheGraphsOwnComputesWhatTheReferenceDoes() throws Exception {
    assertTrue(OpInYourGraph.run(GraphOps::addJava) < 1e-3);
  }

  @Test
  void soDoesItsHandWrittenForm() throws Exception {
    assumeTrue(
        RunningTornado.query().backend() == Backend.PTX, "hand-written PTX needs the PTX backend");
    assertTrue(OpInYourGraph.run(GraphOps::addPtx) < 1e-3);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SAMPLE")
  void eachOpConformsInAGraphOfItsOwn(Op op) {
    EachOpInAGraph.InForeignGraph ops = new EachOpInAGraph.InForeignGraph(GraphOps::addJava);
    ConformanceCase first =
        ConformanceSuite.cases().stream()
            .filter(c -> c.op() == op && ops.supports(c.call().get()))
            .findFirst()
            .orElseThrow();
    first.check(ops, Tolerances.INT8);
  }

  @Test
  void anIdThatIsTakenIsRefused() throws SdkException {
    TaskGraph graph = new TaskGraph("twice");
    ArrayOp op = ArrayOp.sampleGreedy(new FloatArray(8), new IntArray(1));
    try (GraphOps ops = GraphOps.of(new GridScheduler())) {
      ops.addJava(graph, "draw", op);
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> ops.addJava(graph, "draw", op));
      assertEquals("graph twice has an op draw already; choose another id", e.getMessage());
    }
  }
}
