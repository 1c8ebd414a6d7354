package io.firesteel.model.ops;

import io.firesteel.loader.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The same weight matrix of every expert, stacked: expert {@code e} is the {@code e}-th run of
 * {@code rows} rows.
 *
 * @param type block format
 * @param experts number of experts; 1 for a dense feed-forward layer
 * @param rows outputs of one expert
 * @param columns inputs of one expert, a multiple of the type's block size
 * @param data {@code type.bytes(experts * rows * columns)} bytes
 */
public record ExpertMatrix(
    TensorType type, int experts, int rows, int columns, MemorySegment data) {
  /** Checks that the data has exactly the size that the shape asks for. */
  public ExpertMatrix {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(data, "data");
    Shapes.positive("experts", experts);
    Shapes.positive("rows", rows);
    Shapes.positive("columns", columns);
    Shapes.multiple("columns", columns, type.blockSize());
    Shapes.bytes(
        "data of " + experts + " " + rows + "x" + columns + " " + type + " experts",
        data,
        type.bytes((long) experts * rows * columns));
  }

  /** A dense layer's matrix seen as that of a single expert. */
  public static ExpertMatrix dense(WeightMatrix matrix) {
    return new ExpertMatrix(matrix.type(), 1, matrix.rows(), matrix.columns(), matrix.data());
  }

  /** The matrix of one expert. */
  public WeightMatrix expert(int expert) {
    long bytes = type.bytes((long) rows * columns);
    return new WeightMatrix(
        type, rows, columns, data.asSlice(Objects.checkIndex(expert, experts) * bytes, bytes));
  }
}
