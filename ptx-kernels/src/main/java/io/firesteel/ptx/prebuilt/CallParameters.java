package io.firesteel.ptx.prebuilt;

import io.firesteel.model.engine.HandKernel.Parameter;
import io.firesteel.model.engine.HandKernel.Parameter.Counters;
import io.firesteel.model.engine.HandKernel.Parameter.Operand;
import io.firesteel.model.engine.HandKernel.Parameter.Scalar;
import io.firesteel.model.engine.HandKernel.Parameter.Scratch;
import io.firesteel.model.engine.HandKernel.Parameter.Unused;
import io.firesteel.model.engine.HandKernel.Parameter.Weights;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.Embed;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.RopeKv;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.Rows;
import io.firesteel.ptx.kernel.Kernels;
import java.util.HashMap;
import java.util.Map;

/** What the parameters of a call's kernel mean: from their names in the template. */
final class CallParameters {
  private static final int COUNTED = 1;

  private final Map<String, Parameter> parameters = new HashMap<>();

  private CallParameters() {}

  /**
   * By name.
   *
   * @param splits of attention; any number for other ops
   */
  static Map<String, Parameter> of(OpCall call, int splits) {
    CallParameters all = new CallParameters();
    all.scalar("rows", call.rows());
    switch (call) {
      case Embed c -> all.in("tokens").weights("table", c.table().type()).out("x");
      case AttnIn c -> all.attnIn(c);
      case RopeKv c -> all.ropeKv(c);
      case Attention c -> all.attention(c, splits);
      case AttnOut c ->
          all.named("source", new Operand("attention", true, false))
              .named("weights", new Weights("output", c.output().matrix().type()))
              .optional("bias", c.output().bias())
              .named("out", new Operand("x", true, true));
      case Router c -> all.router(c);
      case ExpertIn c ->
          all.in("x")
              .in("norm")
              .in("experts")
              .named("scores", new Unused("scores"))
              .weights("gate", c.gate().type())
              .weights("up", c.up().type())
              .named("out", new Operand("activations", false, true));
      case ExpertOut c ->
          all.in("activations")
              .in("experts")
              .named("scores", new Unused("scores"))
              .in("weights")
              .weights("down", c.down().type())
              .named("x", new Operand("x", true, true));
      case Logits c ->
          all.named("source", new Operand("x", true, false))
              .in("norm")
              .named("weights", new Weights("output", c.output().type()))
              .named("out", new Operand("logits", false, true));
      case io.firesteel.model.ops.Sample _ -> {}
    }
    return all.parameters;
  }

  private void attnIn(AttnIn c) {
    in("x").in("norm");
    named("wq", new Weights("query", c.query().matrix().type()));
    named("wk", new Weights("key", c.key().matrix().type()));
    named("wv", new Weights("value", c.value().matrix().type()));
    optional("bq", c.query().bias())
        .optional("bk", c.key().bias())
        .optional("bv", c.value().bias());
    out("q").out("k").out("v");
  }

  private void ropeKv(RopeKv c) {
    named("q", new Operand("q", true, true)).in("k").in("v");
    optional("q_norm", c.queryNorm().weight()).optional("k_norm", c.keyNorm().weight());
    in("frequencies");
    places(c.at());
    named("cache", new Operand("cache", true, true));
  }

  private void attention(Attention c, int splits) {
    in("q");
    for (String fusedOnly : new String[] {"k", "v", "q_norm", "k_norm", "frequencies"}) {
      named(fusedOnly, new Unused(fusedOnly));
    }
    places(c.at());
    in("cache").out("out");
    long floats = Kernels.attentionPartials(c.heads(), c.rows(), splits);
    named("partials", new Scratch("partials", floats * Float.BYTES));
    counters(c.rows() * Kernels.attentionSets(c.heads()));
  }

  private void router(Router c) {
    in("x").in("norm").weights("gate", c.gate().type()).out("experts").out("weights");
    named("scores", new Scratch("scores", (long) c.rows() * c.gate().rows() * Float.BYTES));
    counters(c.rows());
  }

  private void places(Rows at) {
    in("sequences").in("positions").in("tables");
    int stride = COUNTED;
    for (int[] table : at.pageTables()) {
      stride = Math.max(stride, table.length);
    }
    scalar("table_stride", stride);
  }

  private void counters(int words) {
    named("counters", new Counters("counters", words));
  }

  private void scalar(String name, int value) {
    named(name, new Scalar(name, value));
  }

  private CallParameters in(String name) {
    return named(name, new Operand(name, true, false));
  }

  private CallParameters out(String name) {
    return named(name, new Operand(name, false, true));
  }

  private CallParameters weights(String name, io.firesteel.loader.TensorType type) {
    return named(name, new Weights(name, type));
  }

  private CallParameters optional(String name, float[] values) {
    return named(name, values.length == 0 ? new Unused(name) : new Operand(name, true, false));
  }

  private CallParameters named(String name, Parameter parameter) {
    parameters.put(name, parameter);
    return this;
  }
}
