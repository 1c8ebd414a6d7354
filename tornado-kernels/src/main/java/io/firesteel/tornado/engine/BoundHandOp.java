package io.firesteel.tornado.engine;

import io.firesteel.model.engine.HandKernel;
import io.firesteel.model.engine.HandKernel.Parameter;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.Embed;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.KvPool;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.RopeKv;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.Rows;
import io.firesteel.model.ops.Sample;
import io.firesteel.tornado.graph.GraphTask;
import io.firesteel.tornado.graph.HandTasks;
import io.firesteel.tornado.kernels.Weights;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * One call of an op with its operands in TornadoVM arrays, to be computed by a hand-written kernel.
 */
final class BoundHandOp {
  private final Map<String, TornadoNativeArray> operands = new HashMap<>();
  private final List<Runnable> results = new ArrayList<>();
  private final GraphTask.Prebuilt task;

  /** Puts a call's operands into arrays; there must be a kernel for it. */
  BoundHandOp(OpCall call, HandTasks hands) {
    switch (call) {
      case Embed c ->
          in("tokens", c.tokens()).weights("table", Weights.of(c.table())).out("x", c.x());
      case AttnIn c -> attnIn(c);
      case RopeKv c -> ropeKv(c);
      case Attention c -> {
        in("q", c.q()).places(c.at()).out("out", c.out());
        operands.put("cache", pages(c.cache()));
      }
      case AttnOut c ->
          in("attention", c.attention())
              .weights("output", Weights.of(c.output().matrix()))
              .in("bias", c.output().bias())
              .inOut("x", c.x());
      case Router c ->
          in("x", c.x())
              .in("norm", c.norm().weight())
              .weights("gate", Weights.of(c.gate()))
              .out("experts", c.experts())
              .out("weights", c.weights());
      case ExpertIn c ->
          in("x", c.x())
              .in("norm", c.norm().weight())
              .in("experts", c.experts())
              .weights("gate", Weights.of(c.gate()))
              .weights("up", Weights.of(c.up()))
              .out("activations", c.activations());
      case ExpertOut c ->
          in("activations", c.activations())
              .in("experts", c.experts())
              .in("weights", c.weights())
              .weights("down", Weights.of(c.down()))
              .inOut("x", c.x());
      case Logits c ->
          in("x", c.x())
              .in("norm", c.norm().weight())
              .weights("output", Weights.of(c.output()))
              .out("logits", c.logits());
      case Sample c -> throw new UnsupportedOperationException(c.op().label());
    }
    task = hands.task(call, operands);
  }

  /** Whether the arrays that are packed for Java kernels are what a hand-written kernel reads. */
  static boolean sharesLayout(HandKernel hand) {
    return hand.parameters().stream()
        .filter(Parameter.Weights.class::isInstance)
        .map(p -> ((Parameter.Weights) p).type())
        .noneMatch(type -> type == io.firesteel.loader.TensorType.BF16);
  }

  GraphTask.Prebuilt task() {
    return task;
  }

  /** Copies the outputs back into the call's arrays. */
  void fetch() {
    results.forEach(Runnable::run);
  }

  private void attnIn(AttnIn c) {
    in("x", c.x()).in("norm", c.norm().weight());
    weights("query", Weights.of(c.query().matrix())).in("bq", c.query().bias());
    weights("key", Weights.of(c.key().matrix())).in("bk", c.key().bias());
    weights("value", Weights.of(c.value().matrix())).in("bv", c.value().bias());
    out("q", c.q()).out("k", c.k()).out("v", c.v());
  }

  private void ropeKv(RopeKv c) {
    inOut("q", c.q()).in("k", c.k()).in("v", c.v());
    in("q_norm", c.queryNorm().weight()).in("k_norm", c.keyNorm().weight());
    in("frequencies", c.rope().frequencies()).places(c.at());
    IntArray pages = pages(c.cache());
    operands.put("cache", pages);
    MemorySegment target = c.cache().data();
    results.add(() -> MemorySegment.copy(pages.getSegment(), 0, target, 0, target.byteSize()));
  }

  private static IntArray pages(KvPool pool) {
    IntArray pages = new IntArray(Math.toIntExact(pool.data().byteSize() / Integer.BYTES));
    MemorySegment.copy(pool.data(), 0, pages.getSegment(), 0, pool.data().byteSize());
    return pages;
  }

  private BoundHandOp places(Rows at) {
    int stride = 1;
    for (int[] table : at.pageTables()) {
      stride = Math.max(stride, table.length);
    }
    int[] tables = new int[at.pageTables().length * stride];
    for (int s = 0; s < at.pageTables().length; s++) {
      System.arraycopy(at.pageTables()[s], 0, tables, s * stride, at.pageTables()[s].length);
    }
    return in("sequences", at.sequences()).in("positions", at.positions()).in("tables", tables);
  }

  private BoundHandOp weights(String name, Weights weights) {
    operands.put(name, weights.data());
    return this;
  }

  /** An operand; one that is left out stays out. */
  private BoundHandOp in(String name, float[] values) {
    if (values.length > 0) {
      operands.put(name, FloatArray.fromArray(values));
    }
    return this;
  }

  private BoundHandOp in(String name, int[] values) {
    operands.put(name, IntArray.fromArray(values));
    return this;
  }

  private BoundHandOp inOut(String name, float[] values) {
    in(name, values);
    FloatArray array = (FloatArray) operands.get(name);
    results.add(
        () ->
            MemorySegment.copy(
                array.getSegment(), ValueLayout.JAVA_FLOAT, 0, values, 0, values.length));
    return this;
  }

  private BoundHandOp out(String name, float[] values) {
    return inOut(name, values);
  }

  private BoundHandOp out(String name, int[] values) {
    in(name, values);
    IntArray array = (IntArray) operands.get(name);
    results.add(
        () ->
            MemorySegment.copy(
                array.getSegment(), ValueLayout.JAVA_INT, 0, values, 0, values.length));
    return this;
  }
}
