package io.firesteel.tornado.example;

import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.conformance.Tolerances;
import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.Ops;
import io.firesteel.tornado.graph.GraphOps;
import io.firesteel.tornado.graph.HandTasks;
import io.firesteel.tornado.kernels.BoundOp;
import io.firesteel.tornado.sdk.Backend;
import io.firesteel.tornado.sdk.RunningTornado;
import io.firesteel.tornado.sdk.SdkException;
import java.util.Optional;
import java.util.function.Predicate;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Every op once, each added to a task graph that is not Firesteel's. */
final class EachOpInAGraph {
  private EachOpInAGraph() {}

  /** Runs a conformance case of each op in each form; returns whether all conform. */
  static boolean report(Backend backend) throws SdkException {
    boolean right = true;
    int units = RunningTornado.query().computeUnits();
    HandTasks hands = new HandTasks(units);
    for (Op op : Op.values()) {
      right &= report("java", op, BoundOp::isSupported, GraphOps::addJava);
      if (backend == Backend.PTX) {
        right &=
            report(
                "ptx",
                op,
                call ->
                    BoundOp.isSupported(call)
                        && hands.find(BoundOp.of(call).op().shape()).isPresent(),
                GraphOps::addPtx);
      }
    }
    return right;
  }

  private static boolean report(
      String form, Op op, Predicate<OpCall> supported, OpInYourGraph.Adder adder) {
    Optional<ConformanceCase> first =
        ConformanceSuite.cases().stream()
            .filter(c -> c.op() == op && supported.test(c.call().get()))
            .findFirst();
    if (first.isEmpty()) {
      System.out.printf("%s %s: no case has a kernel%n", form, op.label());
      return true;
    }
    String what = "%s %s, %s: ".formatted(form, op.label(), first.get().name());
    try {
      first.get().check(new InForeignGraph(adder), Tolerances.INT8);
      System.out.println(what + "right");
      return true;
    } catch (AssertionError | RuntimeException e) {
      System.out.println(what + "WRONG: " + e.getMessage());
      return false;
    }
  }

  /** Runs each call in a graph of its own, which copies all operands there and back. */
  record InForeignGraph(OpInYourGraph.Adder adder) implements Ops {
    @Override
    public String name() {
      return "in a graph";
    }

    @Override
    public boolean supports(OpCall call) {
      return BoundOp.isSupported(call);
    }

    @Override
    public void run(OpCall call) {
      BoundOp bound = BoundOp.of(call);
      Object[] arrays = bound.op().given().toArray(TornadoNativeArray[]::new);
      GridScheduler scheduler = new GridScheduler();
      TaskGraph graph = new TaskGraph("one");
      graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, arrays);
      try (GraphOps ops = GraphOps.of(scheduler)) {
        adder.add(ops, graph, "op", bound.op());
        graph.transferToHost(DataTransferMode.EVERY_EXECUTION, arrays);
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
          plan.withGridScheduler(scheduler).execute();
        }
      } catch (SdkException | TornadoExecutionPlanException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
      bound.results().run();
    }
  }
}
