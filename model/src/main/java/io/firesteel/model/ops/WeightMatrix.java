package io.firesteel.model.ops;

import io.firesteel.loader.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * A weight matrix in its stored, usually quantised, form. Row {@code r} holds the weights of output
 * {@code r}; rows are contiguous runs of blocks.
 *
 * @param type block format
 * @param rows number of outputs
 * @param columns number of inputs, a multiple of the type's block size
 * @param data {@code type.bytes(rows * columns)} bytes
 */
public record WeightMatrix(TensorType type, int rows, int columns, MemorySegment data) {
  /** Checks that the data has exactly the size that the shape asks for. */
  public WeightMatrix {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(data, "data");
    Shapes.positive("rows", rows);
    Shapes.positive("columns", columns);
    Shapes.multiple("columns", columns, type.blockSize());
    Shapes.bytes(
        "data of a " + rows + "x" + columns + " " + type + " matrix",
        data,
        type.bytes((long) rows * columns));
  }

  /** Bytes of one row. */
  public long rowBytes() {
    return type.bytes(columns);
  }

  /** The blocks of one row. */
  public MemorySegment row(int row) {
    return data.asSlice(Objects.checkIndex(row, rows) * rowBytes(), rowBytes());
  }
}
