package io.firesteel.model.conformance;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnIn.Projection;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.Embed;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertMatrix;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.WeightMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Ops that multiply with weights, or look them up. */
final class ProductCases {
  /**
   * Output rows, columns (in blocks, or elements for types without blocks), rows of activations.
   */
  private record Shape(int rows, int blocks, int activationRows) {}

  /** An expert layer: experts, chosen per row, width, hidden blocks, rows of activations. */
  private record ExpertShape(int experts, int active, int blocks, int activationRows) {}

  private static final List<Shape> SHAPES =
      List.of(
          new Shape(1, 1, 8),
          new Shape(5, 1, 2),
          new Shape(16, 2, 1),
          new Shape(33, 3, 3),
          new Shape(67, 2, 9));

  private static final List<ExpertShape> EXPERT_SHAPES =
      List.of(
          new ExpertShape(1, 1, 1, 1),
          new ExpertShape(1, 1, 2, 5),
          new ExpertShape(4, 2, 1, 7),
          new ExpertShape(16, 4, 1, 1),
          new ExpertShape(60, 8, 1, 3));

  private static final double[] MAGNITUDES = {1e-4, 1, 1e4};

  private final List<ConformanceCase> cases = new ArrayList<>();

  List<ConformanceCase> all() {
    for (TensorType type : TensorType.values()) {
      if (type.isReadable()) {
        for (int i = 0; i < SHAPES.size(); i++) {
          products(type, SHAPES.get(i), 100 + i, MAGNITUDES[i % MAGNITUDES.length]);
        }
        for (int i = 0; i < EXPERT_SHAPES.size(); i++) {
          experts(type, EXPERT_SHAPES.get(i), 200 + i);
        }
      }
    }
    mixedTypes();
    zeros();
    longRows();
    return cases;
  }

  /** Where the type allows it columns that are no multiple of a vector, but not always. */
  private static int columns(TensorType type, int blocks) {
    int plain = blocks == 2 ? 96 : 37 * blocks;
    return type.blockSize() == 1 ? plain : type.blockSize() * blocks;
  }

  private void products(TensorType type, Shape shape, long seed, double magnitude) {
    int rows = shape.rows();
    int columns = columns(type, shape.blocks());
    int count = shape.activationRows();
    String size = "%s %dx%d, %d rows of %.0e".formatted(type, rows, columns, count, magnitude);
    add(Op.EMBED, "embed " + size, seed, data -> embed(data, type, rows, columns, count));
    add(
        Op.ATTN_IN,
        "attn_in " + size,
        seed,
        data -> attnIn(data, type, rows, columns, count, magnitude, false));
    add(
        Op.ATTN_IN,
        "attn_in with bias " + size,
        seed,
        data -> attnIn(data, type, rows, columns, count, magnitude, true));
    add(
        Op.ATTN_OUT,
        "attn_out " + size,
        seed,
        data ->
            new AttnOut(
                data.normal(count * columns, magnitude),
                new Projection(data.matrix(type, rows, columns)),
                data.normal(count * rows, magnitude)));
    add(
        Op.LOGITS,
        "logits " + size,
        seed,
        data ->
            new Logits(
                data.normal(count * columns, magnitude),
                data.norm(columns),
                data.matrix(type, rows, columns),
                new float[count * rows]));
  }

  private static OpCall embed(RandomData data, TensorType type, int rows, int columns, int count) {
    WeightMatrix table = data.matrix(type, rows, columns);
    return new Embed(table, data.integers(count, rows), new float[count * columns]);
  }

  private static OpCall attnIn(
      RandomData data,
      TensorType type,
      int rows,
      int columns,
      int count,
      double magnitude,
      boolean bias) {
    int keyRows = Math.ceilDiv(rows, 2);
    return new AttnIn(
        data.normal(count * columns, magnitude),
        data.norm(columns),
        projection(data, type, rows, columns, bias),
        projection(data, type, keyRows, columns, bias),
        projection(data, type, keyRows, columns, bias),
        new float[count * rows],
        new float[count * keyRows],
        new float[count * keyRows]);
  }

  private static Projection projection(
      RandomData data, TensorType type, int rows, int columns, boolean bias) {
    WeightMatrix matrix = data.matrix(type, rows, columns);
    return bias ? new Projection(matrix, data.normal(rows, 1)) : new Projection(matrix);
  }

  private void experts(TensorType type, ExpertShape shape, long seed) {
    int columns = columns(type, shape.blocks());
    int other = 19;
    int active = shape.active();
    int rows = shape.activationRows();
    String size =
        "%s %d of %d experts, %d columns, %d rows"
            .formatted(type, active, shape.experts(), columns, rows);
    add(
        Op.EXPERT_IN,
        "expert_in " + size,
        seed,
        data ->
            new ExpertIn(
                data.normal(rows * columns, 1),
                data.norm(columns),
                chosen(data, rows, active, shape.experts()),
                data.experts(type, shape.experts(), other, columns),
                data.experts(type, shape.experts(), other, columns),
                new float[rows * active * other]));
    add(
        Op.EXPERT_OUT,
        "expert_out " + size,
        seed,
        data ->
            new ExpertOut(
                data.normal(rows * active * columns, 1),
                chosen(data, rows, active, shape.experts()),
                data.normal(rows * active, 0.3),
                data.experts(type, shape.experts(), other, columns),
                data.normal(rows * other, 1)));
  }

  private static int[] chosen(RandomData data, int rows, int active, int experts) {
    int[] chosen = new int[rows * active];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(data.distinct(active, experts), 0, chosen, row * active, active);
    }
    return chosen;
  }

  /** As in Q4_K_M files: the value and down projections have more bits than the others. */
  private void mixedTypes() {
    add(
        Op.ATTN_IN,
        "attn_in Q4_K with Q6_K values",
        300,
        data ->
            new AttnIn(
                data.normal(2 * 256, 1),
                data.norm(256),
                projection(data, TensorType.Q4_K, 64, 256, false),
                projection(data, TensorType.Q4_K, 32, 256, false),
                projection(data, TensorType.Q6_K, 32, 256, false),
                new float[128],
                new float[64],
                new float[64]));
    add(
        Op.EXPERT_IN,
        "expert_in Q4_K gate with Q6_K up",
        301,
        data -> {
          ExpertMatrix gate = data.experts(TensorType.Q4_K, 4, 32, 256);
          ExpertMatrix up = data.experts(TensorType.Q6_K, 4, 32, 256);
          int[] chosen = chosen(data, 3, 2, 4);
          return new ExpertIn(
              data.normal(3 * 256, 1), data.norm(256), chosen, gate, up, new float[6 * 32]);
        });
  }

  private void zeros() {
    add(
        Op.LOGITS,
        "logits of zeros",
        310,
        data ->
            new Logits(
                new float[512],
                data.norm(256),
                data.matrix(TensorType.Q4_K, 20, 256),
                new float[40]));
    add(
        Op.EXPERT_IN,
        "expert_in of zeros",
        311,
        data -> {
          ExpertMatrix gate = data.experts(TensorType.Q8_0, 2, 16, 64);
          Norm norm = data.norm(64);
          return new ExpertIn(new float[64], norm, new int[] {1}, gate, gate, new float[16]);
        });
    add(
        Op.EXPERT_OUT,
        "expert_out with weights of 0",
        312,
        data ->
            new ExpertOut(
                data.normal(128, 1),
                new int[] {0, 1},
                new float[2],
                data.experts(TensorType.Q8_0, 2, 16, 64),
                data.normal(16, 1)));
  }

  private void longRows() {
    for (TensorType type : List.of(TensorType.Q4_K, TensorType.Q6_K, TensorType.F32)) {
      add(
          Op.ATTN_OUT,
          "attn_out " + type + " of 12288 columns",
          320,
          data ->
              new AttnOut(
                  data.normal(2 * 12288, 1),
                  new Projection(data.matrix(type, 6, 12288)),
                  data.normal(12, 1)));
    }
    for (TensorType type : List.of(TensorType.Q4_K, TensorType.Q8_0, TensorType.F32)) {
      add(
          Op.LOGITS,
          "logits " + type + " of 2560 columns",
          321,
          data ->
              new Logits(
                  data.normal(2 * 2560, 1),
                  data.norm(2560),
                  data.matrix(type, 5, 2560),
                  new float[10]));
    }
    add(
        Op.ATTN_IN,
        "attn_in Q4_K of 2560 columns",
        322,
        data -> attnIn(data, TensorType.Q4_K, 6, 2560, 2, 1, false));
    for (int rows : new int[] {4, 17, 64, 130}) {
      add(
          Op.EXPERT_IN,
          "expert_in Q4_K " + rows + " rows at once",
          330,
          data ->
              new ExpertIn(
                  data.normal(rows * 256, 1),
                  data.norm(256),
                  chosen(data, rows, 4, 16),
                  data.experts(TensorType.Q4_K, 16, 24, 256),
                  data.experts(TensorType.Q4_K, 16, 24, 256),
                  new float[rows * 4 * 24]));
    }
  }

  private void add(Op op, String name, long seed, Function<RandomData, OpCall> call) {
    cases.add(new ConformanceCase(op, name, () -> call.apply(new RandomData(seed))));
  }
}
