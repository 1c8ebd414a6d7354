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
  private final Team vector;
  private final Team scalar;
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
    WorkerPool pool = new WorkerPool(threads);
    Scratch[] scratch = new Scratch[threads];
    Arrays.setAll(scratch, i -> new Scratch());
    vector = new Team(pool, scratch, VectorArithmetic.INSTANCE);
    scalar = new Team(pool, scratch, ScalarArithmetic.INSTANCE);
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
    run(call, vector);
  }

  /** Runs an op to the same bits in scalar code, which is faster until vector code is compiled. */
  void runScalar(OpCall call) {
    run(call, scalar);
  }

  private void run(OpCall call, Team team) {
    switch (call) {
      case Embed c -> embed(c, team);
      case AttnIn c -> attnIn(c, team);
      case RopeKv c -> rope.run(c, team);
      case Attention c -> attention.run(c, team);
      case AttnOut c -> attnOut(c, team);
      case Router c -> RouterKernel.run(c, team);
      case ExpertIn c -> ExpertKernel.in(c, team);
      case ExpertOut c -> ExpertKernel.out(c, team);
      case Logits c -> logits(c, team);
      case Sample c ->
          throw new UnsupportedOperationException(
              c.op().label() + " is not an op of the CPU engine");
    }
  }

  private void embed(Embed call, Team team) {
    int columns = call.table().columns();
    team.pool()
        .run(
            call.rows(),
            (row, worker) ->
                WeightTile.decode(
                    call.table().type(),
                    call.table().data(),
                    (long) call.tokens()[row] * columns,
                    columns,
                    call.x(),
                    row * columns,
                    team.scratch()[worker],
                    team.arithmetic()));
  }

  private void attnIn(AttnIn call, Team team) {
    Activations x =
        Activations.normed(call.x(), call.query().matrix().columns(), call.norm(), team);
    List<Product> products =
        List.of(
            new Product(call.query(), call.q(), false),
            new Product(call.key(), call.k(), false),
            new Product(call.value(), call.v(), false));
    LinearKernel.run(x, products, team);
  }

  private void attnOut(AttnOut call, Team team) {
    Activations x = Activations.of(call.attention(), call.output().matrix().columns());
    LinearKernel.run(x, List.of(new Product(call.output(), call.x(), true)), team);
  }

  private void logits(Logits call, Team team) {
    Activations x = Activations.normed(call.x(), call.output().columns(), call.norm(), team);
    Product product = new Product(new Projection(call.output()), call.logits(), false);
    LinearKernel.run(x, List.of(product), team);
  }

  @Override
  public void close() {
    vector.pool().close();
  }
}
