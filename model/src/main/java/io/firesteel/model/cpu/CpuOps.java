package io.firesteel.model.cpu;

import io.firesteel.loader.TensorType;
import io.firesteel.model.cpu.LinearKernel.Product;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnIn.Projection;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.Embed;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.Ops;
import io.firesteel.model.ops.RopeKv;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.Sample;
import java.util.Arrays;
import java.util.List;

/** The decode graph's ops on the CPU, shared out among a team of threads. */
public final class CpuOps implements Ops {
  private final WorkerPool pool;
  private final Scratch[] scratch;
  private final RopeKernel rope = new RopeKernel();
  private final AttentionKernel attention;

  /**
   * Starts the threads.
   *
   * @param threads size of the team, including the thread that calls {@link #run}; at least 1
   */
  public CpuOps(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads is " + threads + ", expected at least 1");
    }
    pool = new WorkerPool(threads);
    scratch = new Scratch[threads];
    Arrays.setAll(scratch, i -> new Scratch());
    attention = new AttentionKernel(threads);
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public boolean supports(OpCall call) {
    return !(call instanceof Sample);
  }

  /** Whether weights of this type can be used. */
  public static boolean supports(TensorType type) {
    return WeightTile.supports(type);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException after {@link #close}
   */
  @Override
  public void run(OpCall call) {
    switch (call) {
      case Embed c -> embed(c);
      case AttnIn c -> attnIn(c);
      case RopeKv c -> rope.run(c, pool);
      case Attention c -> attention.run(c, pool);
      case AttnOut c -> attnOut(c);
      case Router c -> RouterKernel.run(c, pool, scratch);
      case ExpertIn c -> ExpertKernel.in(c, pool, scratch);
      case ExpertOut c -> ExpertKernel.out(c, pool, scratch);
      case Logits c -> logits(c);
      case Sample c ->
          throw new UnsupportedOperationException(
              c.op().label() + " is not an op of the CPU engine");
    }
  }

  private void embed(Embed call) {
    int columns = call.table().columns();
    pool.run(
        call.rows(),
        (row, worker) ->
            WeightTile.decode(
                call.table().type(),
                call.table().data(),
                (long) call.tokens()[row] * columns,
                columns,
                call.x(),
                row * columns,
                scratch[worker]));
  }

  private void attnIn(AttnIn call) {
    Activations x =
        Activations.normed(call.x(), call.query().matrix().columns(), call.norm(), pool);
    List<Product> products =
        List.of(
            new Product(call.query(), call.q(), false),
            new Product(call.key(), call.k(), false),
            new Product(call.value(), call.v(), false));
    LinearKernel.run(x, products, pool, scratch);
  }

  private void attnOut(AttnOut call) {
    Activations x = Activations.of(call.attention(), call.output().matrix().columns());
    LinearKernel.run(x, List.of(new Product(call.output(), call.x(), true)), pool, scratch);
  }

  private void logits(Logits call) {
    Activations x = Activations.normed(call.x(), call.output().columns(), call.norm(), pool);
    Product product = new Product(new Projection(call.output()), call.logits(), false);
    LinearKernel.run(x, List.of(product), pool, scratch);
  }

  @Override
  public void close() {
    pool.close();
  }
}
