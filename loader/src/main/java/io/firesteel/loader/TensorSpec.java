package io.firesteel.loader;

import java.util.Arrays;
import java.util.Objects;

/** A tensor that is to be written: its name, type and shape, and so its size. */
public final class TensorSpec {
  private static final int MAX_NAME_BYTES = 63;

  private final String name;
  private final TensorType type;
  private final long[] shape;
  private final long bytes;

  /**
   * A tensor.
   *
   * @param name 1 to 63 bytes of UTF-8, the most that ggml takes
   * @param type block format
   * @param shape 1 to 4 dimensions of at least 1, innermost (contiguous) first, which is a multiple
   *     of the type's block size
   * @throws IllegalArgumentException if one of these is out of range
   */
  public TensorSpec(String name, TensorType type, long... shape) {
    this.name = Objects.requireNonNull(name, "name");
    this.type = Objects.requireNonNull(type, "type");
    this.shape = shape.clone();
    int nameBytes = Utf8.encode(name).length;
    if (nameBytes < 1 || nameBytes > MAX_NAME_BYTES) {
      throw refusal("a name of " + nameBytes + " bytes, expected 1 to " + MAX_NAME_BYTES);
    }
    if (shape.length < 1 || shape.length > HeaderParser.MAX_DIMENSIONS) {
      throw refusal(shape.length + " dimensions, expected 1 to " + HeaderParser.MAX_DIMENSIONS);
    }
    if (Arrays.stream(shape).anyMatch(dimension -> dimension < 1)) {
      throw refusal("shape " + Arrays.toString(shape) + ", expected dimensions of at least 1");
    }
    if (shape[0] % type.blockSize() != 0) {
      throw refusal(
          "innermost dimension %d, expected a multiple of %d, the block size of %s"
              .formatted(shape[0], type.blockSize(), type));
    }
    this.bytes = type.bytes(Arrays.stream(shape).reduce(1, Math::multiplyExact));
  }

  /** A tensor like one that there is. */
  public static TensorSpec of(Tensor tensor) {
    return new TensorSpec(tensor.name(), tensor.type(), tensor.shape());
  }

  /** The same tensor in another block format. */
  public TensorSpec as(TensorType other) {
    return new TensorSpec(name, other, shape);
  }

  /** Its name. */
  public String name() {
    return name;
  }

  /** Its block format. */
  public TensorType type() {
    return type;
  }

  /** Its dimensions, innermost first. */
  public long[] shape() {
    return shape.clone();
  }

  /** Size of its data in bytes. */
  public long bytes() {
    return bytes;
  }

  private IllegalArgumentException refusal(String problem) {
    return new IllegalArgumentException("tensor " + HeaderParser.quoted(name) + " has " + problem);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorSpec that
        && name.equals(that.name)
        && type == that.type
        && Arrays.equals(shape, that.shape);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, type, Arrays.hashCode(shape));
  }

  @Override
  public String toString() {
    return name + " " + type + " " + Arrays.toString(shape);
  }
}
