package io.firesteel.model.conformance;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.Gating;
import io.firesteel.model.ops.Gating.Score;
import io.firesteel.model.ops.Gating.Weighting;
import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.WeightMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Routers of all sizes, types and rules, and ties. */
final class RouterCases {
  private static final int[][] SIZES = {{1, 1}, {2, 1}, {16, 4}, {60, 4}, {128, 8}, {512, 16}};

  private final List<ConformanceCase> cases = new ArrayList<>();

  List<ConformanceCase> all() {
    for (int[] size : SIZES) {
      for (Score score : Score.values()) {
        for (Weighting weighting : Weighting.values()) {
          Gating gating = new Gating(score, size[1], weighting, 2.5f);
          router(TensorType.F32, size[0], 100, 3, gating);
          router(TensorType.F32, size[0], 96, 2, gating);
        }
      }
    }
    for (TensorType type : TensorType.values()) {
      if (type.isReadable()) {
        int columns = type.blockSize() == 1 ? 41 : 256;
        Gating gating = new Gating(Score.SOFTMAX, 4, Weighting.NORMALIZED, 1);
        router(type, 20, columns, 2, gating);
        router(type, 20, 2304, 2, gating);
      }
    }
    for (Score score : Score.values()) {
      allEqual(score);
      pairwiseEqual(score);
    }
    return cases;
  }

  private void router(TensorType type, int experts, int columns, int rows, Gating gating) {
    String name =
        "router %s %d of %d experts, %s, %s, %d columns"
            .formatted(type, gating.active(), experts, gating.score(), gating.weighting(), columns);
    add(Op.ROUTER, name, data -> router(data, data.matrix(type, experts, columns), rows, gating));
  }

  private static Router router(RandomData data, WeightMatrix gate, int rows, Gating gating) {
    return new Router(
        data.normal(rows * gate.columns(), 3),
        data.norm(gate.columns()),
        gate,
        gating,
        new int[rows * gating.active()],
        new float[rows * gating.active()]);
  }

  private void allEqual(Score score) {
    Gating gating = new Gating(score, 6, Weighting.NORMALIZED, 1);
    add(
        Op.ROUTER,
        "router with all gates 0, " + score,
        data -> router(data, gate(new float[32 * 64], 32), 2, gating));
  }

  /** Each expert has a twin: of the two the lower id comes first. */
  private void pairwiseEqual(Score score) {
    Gating gating = new Gating(score, 5, Weighting.AS_SCORED, 1);
    add(
        Op.ROUTER,
        "router with experts equal in pairs, " + score,
        data -> {
          float[] half = data.normal(16 * 64, 0.1);
          float[] twice = new float[2 * half.length];
          System.arraycopy(half, 0, twice, 0, half.length);
          System.arraycopy(half, 0, twice, half.length, half.length);
          return router(data, gate(twice, 32), 3, gating);
        });
  }

  private static WeightMatrix gate(float[] values, int experts) {
    MemorySegment data = MemorySegment.ofArray(new byte[values.length * Float.BYTES]);
    MemorySegment.copy(values, 0, data, ValueLayout.JAVA_FLOAT_UNALIGNED, 0, values.length);
    return new WeightMatrix(TensorType.F32, experts, values.length / experts, data);
  }

  private void add(Op op, String name, Function<RandomData, Router> call) {
    cases.add(new ConformanceCase(op, name, () -> call.apply(new RandomData(name.hashCode()))));
  }
}
