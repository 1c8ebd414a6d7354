package io.firesteel.model.ops;

import io.firesteel.model.ops.AttnIn.Projection;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The same call with its weights at several places in memory, so that runs one after the other do
 * not find them in a cache. Everything but the weights is shared.
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
      case RopeKv c -> c;
      case Attention c -> c;
      case Sample c -> c;
    };
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

  private MemorySegment copy(MemorySegment data) {
    return arena.allocate(data.byteSize(), ALIGNMENT).copyFrom(data);
  }
}
