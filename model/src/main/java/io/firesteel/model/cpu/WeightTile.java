package io.firesteel.model.cpu;

import io.firesteel.loader.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Rows of a weight matrix dequantised into a worker's scratch, where {@link DotKernel} wants them.
 * A row is dequantised once for all rows of activations.
 */
final class WeightTile {
  /** Most rows of a tile. */
  static final int ROWS = 16;

  /** From this number of rows of activations on, weights are dequantised once for all of them. */
  private static final int FEW_ROWS = 4;

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private WeightTile() {}

  /** Whether matrices of this type can be used. */
  static boolean supports(TensorType type) {
    return type.isReadable();
  }

  /** {@code rows} rounded up to what {@link DotKernel} takes. */
  static int padded(int rows) {
    return (rows + DotKernel.ROWS - 1) & -DotKernel.ROWS;
  }

  /**
   * Multiplies rows {@code first} to {@code first + rows - 1} of a matrix with rows of activations.
   *
   * @param data the matrix
   * @param sums output: for each row of activations {@link #padded} dot products, of which those
   *     beyond {@code rows} are undefined
   */
  static void multiply(
      TensorType type,
      MemorySegment data,
      long first,
      int rows,
      int columns,
      Activations x,
      float[] sums,
      Scratch scratch,
      Arithmetic arithmetic) {
    QuantUnpacker unpacker = arithmetic.unpacker(type);
    if (unpacker != null && x.count() < FEW_ROWS) {
      multiplyStored(unpacker, type, data, first, rows, columns, x, sums, scratch);
      return;
    }
    float[] weights = load(type, data, first, rows, columns, scratch, arithmetic);
    int stride = DotKernel.stride(columns);
    arithmetic.tile(weights, padded(rows), stride, x.values(), x.at(), x.count(), sums);
  }

  /** Multiplies few rows of activations, with weights that are not dequantised in memory. */
  private static void multiplyStored(
      QuantUnpacker unpacker,
      TensorType type,
      MemorySegment data,
      long first,
      int rows,
      int columns,
      Activations x,
      float[] sums,
      Scratch scratch) {
    int padded = padded(rows);
    QuantTile tile = scratch.quants(padded * columns);
    long from = type.bytes(first * columns);
    int blocks = rows * columns / type.blockSize();
    if (unpacker == QuantUnpacker.Q4_K && TableDot.isUsable()) {
      QuantUnpacker.q4Factors(data, from, blocks, tile);
      TableDot.tile(data, from, rows, columns, tile.factors(), x, scratch, sums);
      return;
    }
    unpacker.unpack(data, from, blocks, tile);
    QuantDot.tile(tile, unpacker.hasMinima(), padded, columns, x.values(), x.at(), x.count(), sums);
  }

  /**
   * Dequantises rows {@code first} to {@code first + rows - 1} of a matrix.
   *
   * @param data the matrix
   * @return rows at the distance {@link DotKernel#stride}, each padded with zeros, as many as
   *     {@link #padded} says; the contents of the rows beyond {@code rows} are undefined
   */
  private static float[] load(
      TensorType type,
      MemorySegment data,
      long first,
      int rows,
      int columns,
      Scratch scratch,
      Arithmetic arithmetic) {
    int stride = DotKernel.stride(columns);
    float[] weights = scratch.weights(padded(rows) * stride);
    if (stride == columns) {
      decode(type, data, first * columns, rows * columns, weights, 0, scratch, arithmetic);
      return weights;
    }
    for (int i = 0; i < rows; i++) {
      decode(type, data, (first + i) * columns, columns, weights, i * stride, scratch, arithmetic);
      Arrays.fill(weights, i * stride + columns, (i + 1) * stride, 0);
    }
    return weights;
  }

  /** Dequantises a run of elements that begins at element {@code first} of the data. */
  static void decode(
      TensorType type,
      MemorySegment data,
      long first,
      int elements,
      float[] target,
      int to,
      Scratch scratch,
      Arithmetic arithmetic) {
    if (type == TensorType.F32) {
      MemorySegment.copy(data, FLOAT, first * Float.BYTES, target, to, elements);
      return;
    }
    int bytes = Math.toIntExact(type.bytes(elements));
    byte[] raw = scratch.raw(bytes);
    MemorySegment.copy(data, ValueLayout.JAVA_BYTE, type.bytes(first), raw, 0, bytes);
    arithmetic.decoder(type).decode(raw, 0, elements, target, to);
  }
}
