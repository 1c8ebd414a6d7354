package io.firesteel.loader;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * A tensor of an open file. Its data are a window into the mapped file: they cost nothing until
 * they are read, cannot be written, and are gone when the file is closed.
 */
public final class Tensor {
  private final String name;
  private final TensorType type;
  private final long[] shape;
  private final MemorySegment data;
  private final String file;
  private final long offset;

  Tensor(String name, TensorType type, long[] shape, MemorySegment data, String file, long offset) {
    this.name = name;
    this.type = type;
    this.shape = shape;
    this.data = data;
    this.file = file;
    this.offset = offset;
  }

  /** Its name, unique in the file. */
  public String name() {
    return name;
  }

  /** Its block format. */
  public TensorType type() {
    return type;
  }

  /** Its dimensions, innermost (contiguous) first: a matrix has {columns, rows}. */
  public long[] shape() {
    return shape.clone();
  }

  /** Number of dimensions, 1 to 4. */
  public int dimensions() {
    return shape.length;
  }

  /** A dimension, 0 being the innermost; 1 for those beyond {@link #dimensions}. */
  public long dimension(int index) {
    return index < shape.length ? shape[index] : 1;
  }

  /** Number of elements. */
  public long elements() {
    long product = 1;
    for (long dimension : shape) {
      product *= dimension;
    }
    return product;
  }

  /** Number of rows, that is of runs along the innermost dimension. */
  public long rows() {
    return elements() / shape[0];
  }

  /** Bytes of a row. */
  public long rowBytes() {
    return type.bytes(shape[0]);
  }

  /** Bytes of all elements. */
  public long bytes() {
    return data.byteSize();
  }

  /**
   * Its elements as they stand in the file: {@link #bytes} bytes, read-only.
   *
   * <p>Access after the file was closed throws {@link IllegalStateException}.
   */
  public MemorySegment data() {
    return data;
  }

  /**
   * The blocks of one row.
   *
   * @param row 0 to {@link #rows} - 1
   */
  public MemorySegment row(long row) {
    if (row < 0 || row >= rows()) {
      throw new IndexOutOfBoundsException("row " + row + " of " + this);
    }
    return data.asSlice(row * rowBytes(), rowBytes());
  }

  /** Name of the file that holds it: one of the parts if the model is split. */
  public String file() {
    return file;
  }

  /** Where in its file its data begin, in bytes. */
  public long offset() {
    return offset;
  }

  @Override
  public String toString() {
    String dimensions =
        Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining("x"));
    return name + " " + type + " [" + dimensions + "]";
  }
}
