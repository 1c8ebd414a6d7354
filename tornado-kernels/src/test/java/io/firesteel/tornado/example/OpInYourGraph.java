package io.firesteel.tornado.example;

import io.firesteel.loader.Gguf;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.conformance.ReferenceModel;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.reference.ReferenceOps;
import io.firesteel.tornado.graph.GraphOps;
import io.firesteel.tornado.kernels.ArrayOp;
import io.firesteel.tornado.kernels.Weights;
import io.firesteel.tornado.sdk.Backend;
import io.firesteel.tornado.sdk.RunningTornado;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * One op in a task graph that is not Firesteel's, behind a kernel of the graph's own: GELU, then
 * RMSNorm and a product with quantised weights of a GGUF file. Needs an installed TornadoVM; Java
 * has to be started for it.
 */
public final class OpInYourGraph {
  private static final float EPSILON = 1e-6f;

  private OpInYourGraph() {}

  /** The program: both forms where the backend has them, then each op in turn. */
  public static void main(String[] args) throws Exception {
    Backend backend = RunningTornado.query().backend();
    System.out.println("TornadoVM's backend is " + backend.label());
    boolean right = report("java", run(GraphOps::addJava));
    if (backend == Backend.PTX) {
      right &= report("ptx", run(GraphOps::addPtx));
    } else {
      System.out.println("ptx: left out, " + backend.label() + " cannot run it");
    }
    right &= EachOpInAGraph.report(backend);
    System.exit(right ? 0 : 1);
  }

  private static boolean report(String form, double error) {
    boolean right = error < 1e-3;
    System.out.printf(
        "%s: normalised mean square error %.2g, %s%n", form, error, right ? "right" : "WRONG");
    return right;
  }

  /** How an op is added. */
  @FunctionalInterface
  interface Adder {
    void add(GraphOps ops, TaskGraph graph, String id, ArrayOp op);
  }

  /** Runs the graph; returns the normalised mean square error of its result. */
  static double run(Adder form) throws Exception {
    try (Gguf file = ReferenceModel.open()) {
      ModelWeights model = ModelWeights.of(file);
      FloatArray x = ramp(model.config().hidden());
      FloatArray h = new FloatArray(x.getSize());
      FloatArray norm = FloatArray.fromArray(model.outputNorm().weight());
      Weights weights = Weights.of(model.output());
      FloatArray y = new FloatArray(weights.rows());

      GridScheduler scheduler = new GridScheduler();
      TaskGraph graph =
          new TaskGraph("mine")
              .transferToDevice(DataTransferMode.FIRST_EXECUTION, norm, weights.data())
              .transferToDevice(DataTransferMode.EVERY_EXECUTION, x)
              .task("gelu", Gelu::geluLoop, x, h);

      GraphOps ops = GraphOps.of(scheduler);
      form.add(ops, graph, "head", ArrayOp.logits(h, norm, EPSILON, weights, y));

      graph.transferToHost(DataTransferMode.EVERY_EXECUTION, y);
      try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
        plan.withGridScheduler(scheduler).execute();
        plan.withGridScheduler(scheduler).execute();
      }
      ops.close();
      return error(expected(x, model), y);
    }
  }

  private static FloatArray ramp(int count) {
    FloatArray x = new FloatArray(count);
    for (int i = 0; i < count; i++) {
      x.set(i, (i - count / 2) / 10f);
    }
    return x;
  }

  private static float[] expected(FloatArray x, ModelWeights model) {
    FloatArray h = new FloatArray(x.getSize());
    Gelu.geluLoop(x, h);
    Logits call =
        new Logits(
            h.toHeapArray(),
            new Norm(model.outputNorm().weight(), EPSILON),
            model.output(),
            new float[model.output().rows()]);
    try (ReferenceOps reference = new ReferenceOps()) {
      reference.run(call);
    }
    return call.logits();
  }

  private static double error(float[] expected, FloatArray found) {
    double difference = 0;
    double square = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow(expected[i] - found.get(i), 2);
      square += Math.pow(expected[i], 2);
    }
    return difference / square;
  }
}
