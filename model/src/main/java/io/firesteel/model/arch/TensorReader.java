package io.firesteel.model.arch;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.GgufException;
import io.firesteel.loader.Tensor;
import io.firesteel.loader.blocks.BlockCodec;
import io.firesteel.model.ops.AttnIn.Projection;
import io.firesteel.model.ops.ExpertMatrix;
import io.firesteel.model.ops.WeightMatrix;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Takes tensors out of a file by name, checks their shapes, and remembers which were taken. */
final class TensorReader {
  private static final float[] NONE = {};

  private final Gguf file;
  private final Set<String> taken = new HashSet<>();

  TensorReader(Gguf file) {
    this.file = file;
  }

  boolean has(String name) {
    return file.findTensor(name).isPresent();
  }

  /** The tensor's dimension, innermost being 0. */
  int dimension(String name, int index) {
    long dimension = file.tensor(name).dimension(index);
    if (dimension > Integer.MAX_VALUE) {
      throw error(file.tensor(name), "is too large");
    }
    return (int) dimension;
  }

  /** A matrix of {@code rows} outputs and {@code columns} inputs. */
  WeightMatrix matrix(String name, int rows, int columns) {
    Tensor tensor = take(name, columns, rows);
    return new WeightMatrix(tensor.type(), rows, columns, tensor.data());
  }

  /** A matrix and its bias, if the file has one. */
  Projection projection(String name, int rows, int columns) {
    WeightMatrix matrix = matrix(name + ".weight", rows, columns);
    return new Projection(matrix, optionalVector(name + ".bias", rows));
  }

  /** The matrices of all experts. */
  ExpertMatrix experts(String name, int experts, int rows, int columns) {
    Tensor tensor = take(name, columns, rows, experts);
    return new ExpertMatrix(tensor.type(), experts, rows, columns, tensor.data());
  }

  /** A vector, dequantised. */
  float[] vector(String name, int elements) {
    Tensor tensor = take(name, elements);
    float[] values = new float[elements];
    BlockCodec.of(tensor.type()).dequantise(tensor.data(), 0, values, 0, elements);
    return values;
  }

  /** A vector, or an empty one if the file has none of that name. */
  float[] optionalVector(String name, int elements) {
    return has(name) ? vector(name, elements) : NONE;
  }

  /** Refuses a file with tensors that nobody took: its results would silently be wrong. */
  void refuseLeftovers(String architecture) {
    for (Tensor tensor : file.tensors()) {
      if (!taken.contains(tensor.name())) {
        throw error(
            tensor,
            "is not used by architecture "
                + architecture
                + ", expected only tensors that take part in its computation");
      }
    }
  }

  private Tensor take(String name, long... shape) {
    Tensor tensor = file.tensor(name);
    if (!Arrays.equals(trimmed(tensor.shape()), trimmed(shape))) {
      throw error(
          tensor,
          "has shape " + Arrays.toString(tensor.shape()) + ", expected " + Arrays.toString(shape));
    }
    if (!tensor.type().isReadable()) {
      throw error(tensor, "has type " + tensor.type() + ", which is not supported");
    }
    taken.add(name);
    return tensor;
  }

  /** Without trailing dimensions of 1, which files may state or leave out. */
  private static long[] trimmed(long[] shape) {
    int length = shape.length;
    while (length > 1 && shape[length - 1] == 1) {
      length--;
    }
    return Arrays.copyOf(shape, length);
  }

  private static GgufException error(Tensor tensor, String problem) {
    return new GgufException(tensor.file(), tensor.offset(), "tensor " + tensor.name(), problem);
  }
}
