package io.firesteel.model.ops;

import io.firesteel.model.ops.AttnIn.Projection;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The same call with its weights, or the keys and values that it reads, at several places in
 * memory, so that runs one after the other do not find them in a cache. All else is shared.
 */
public final class WeightCopies {
  private static final int ALIGNMENT = 64;

  private final Arena arena;

  private WeightCopies(Arena arena) {
    this.arena = arena;
  }

  /**
   * Copies a call.
   *
   * @param call has weights, or is repeated as it is
   * @param copies how many calls are wanted, at least 1
   * @param arena holds the weights
   */
  public static List<OpCall> of(OpCall call, int copies, Arena arena) {
    WeightCopies weights = new WeightCopies(arena);
    List<OpCall> calls = new ArrayList<>();
    for (int i = 0; i < copies; i++) {
      calls.add(weights.copy(call));
    }
    return calls;
  }

  private OpCall copy(OpCall call) {
    return switch (call) {
      case Embed c -> new Embed(copy(c.table()), c.tokens(), c.x());
      case AttnIn c ->
          new AttnIn(
              c.x(),
              c.norm(),
              copy(c.query()),
              copy(c.key()),
              copy(c.value()),
              c.q(),
              c.k(),
              c.v());
      case AttnOut c -> new AttnOut(c.attention(), copy(c.output()), c.x());
      case Router c ->
          new Router(c.x(), c.norm(), copy(c.gate()), c.gating(), c.experts(), c.weights());
      case ExpertIn c ->
          new ExpertIn(c.x(), c.norm(), c.experts(), copy(c.gate()), copy(c.up()), c.activations());
      case ExpertOut c ->
          new ExpertOut(c.activations(), c.experts(), c.weights(), copy(c.down()), c.x());
      case Logits c -> new Logits(c.x(), c.norm(), copy(c.output()), c.logits());
      case Attention c ->
          new Attention(c.heads(), c.q(), copy(c.cache()), c.at(), c.scale(), c.window(), c.out());
      case RopeKv c -> c;
      case Sample c -> c;
    };
  }

  /** Bytes that a copy of a call's weights takes, or of its keys and values. */
  static long heldBytes(OpCall call) {
    return switch (call) {
      case Embed c -> bytes(c.table());
      case AttnIn c ->
          bytes(c.query().matrix()) + bytes(c.key().matrix()) + bytes(c.value().matrix());
      case AttnOut c -> bytes(c.output().matrix());
      case Router c -> bytes(c.gate());
      case ExpertIn c -> c.gate().data().byteSize() + c.up().data().byteSize();
      case ExpertOut c -> c.down().data().byteSize();
      case Logits c -> bytes(c.output());
      case Attention c -> c.cache().data().byteSize();
      case RopeKv c -> c.cache().data().byteSize();
      case Sample c -> (long) c.logits().length * Float.BYTES;
    };
  }

  private static long bytes(WeightMatrix matrix) {
    return matrix.data().byteSize();
  }

  private Projection copy(Projection projection) {
    return new Projection(copy(projection.matrix()), projection.bias());
  }

  private WeightMatrix copy(WeightMatrix matrix) {
    return new WeightMatrix(matrix.type(), matrix.rows(), matrix.columns(), copy(matrix.data()));
  }

  private ExpertMatrix copy(ExpertMatrix matrix) {
    return new ExpertMatrix(
        matrix.type(), matrix.experts(), matrix.rows(), matrix.columns(), copy(matrix.data()));
  }

  private KvPool copy(KvPool pool) {
    return new KvPool(pool.layout(), copy(pool.data()));
  }

  private MemorySegment copy(MemorySegment data) {
    return arena.allocate(data.byteSize(), ALIGNMENT).copyFrom(data);
  }
}
