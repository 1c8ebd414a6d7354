package io.firesteel.tornado.kernels;

import io.firesteel.loader.TensorType;
import io.firesteel.loader.blocks.BlockCodec;
import io.firesteel.model.ops.ExpertMatrix;
import io.firesteel.model.ops.WeightMatrix;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.Set;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Weights as the kernels read them.
 *
 * <ul>
 *   <li>Q4_K, Q5_K, F16: the bytes of the file in an {@link IntArray}.
 *   <li>Q6_K, Q8_0, Q4_0: an {@link IntArray} of two planes over the whole tensor, first the blocks
 *       without their half-float scale (52, 8 and 4 ints each), then the scales, two in an int.
 *   <li>F32: a {@link FloatArray}. BF16 is widened to F32, since kernels cannot take the bits of an
 *       int as a float.
 * </ul>
 *
 * @param type type of the stored array: never BF16
 * @param experts number of stacked matrices; 1 where there are no experts
 * @param rows outputs of one matrix
 * @param columns inputs, a multiple of the type's block size
 * @param data the array
 */
public record Weights(
    TensorType type, int experts, int rows, int columns, TornadoNativeArray data) {
  /** Types whose products are integer products with activations of 8 bits. */
  static final Set<TensorType> QUANTISED =
      Set.of(TensorType.Q4_K, TensorType.Q5_K, TensorType.Q6_K, TensorType.Q8_0, TensorType.Q4_0);

  private static final Set<TensorType> PLAIN =
      Set.of(TensorType.F32, TensorType.BF16, TensorType.F16);

  /** Refuses types without kernels. */
  public Weights {
    Objects.requireNonNull(data, "data");
    if (type == TensorType.BF16 || !isSupported(type)) {
      throw new IllegalArgumentException(
          "weights of type " + type + ", expected one of Q4_K Q5_K Q6_K Q8_0 Q4_0 F16 F32");
    }
  }

  /** Whether there are kernels for a type of the file. */
  public static boolean isSupported(TensorType type) {
    return QUANTISED.contains(type) || PLAIN.contains(type);
  }

  /** Packs a matrix. */
  public static Weights of(WeightMatrix matrix) {
    return of(matrix.type(), 1, matrix.rows(), matrix.columns(), matrix.data());
  }

  /** Packs the matrices of all experts. */
  public static Weights of(ExpertMatrix matrix) {
    return of(matrix.type(), matrix.experts(), matrix.rows(), matrix.columns(), matrix.data());
  }

  /** Any readable matrix as F32, for small ones whose products have to be exact. */
  public static Weights widened(WeightMatrix matrix) {
    return new Weights(TensorType.F32, 1, matrix.rows(), matrix.columns(), floats(matrix));
  }

  private static Weights of(
      TensorType type, int experts, int rows, int columns, MemorySegment data) {
    WeightMatrix all = new WeightMatrix(type, Math.multiplyExact(experts, rows), columns, data);
    return switch (type) {
      case F32, BF16 -> new Weights(TensorType.F32, experts, rows, columns, floats(all));
      default -> new Weights(type, experts, rows, columns, packed(all));
    };
  }

  /** Whether products with these weights need quantised activations. */
  public boolean isQuantised() {
    return QUANTISED.contains(type);
  }

  /** The array of all types but F32. */
  IntArray ints() {
    return (IntArray) data;
  }

  /** The array of F32. */
  FloatArray floats() {
    return (FloatArray) data;
  }

  private static FloatArray floats(WeightMatrix matrix) {
    float[] row = new float[matrix.columns()];
    FloatArray floats = new FloatArray(Math.multiplyExact(matrix.rows(), matrix.columns()));
    BlockCodec codec = BlockCodec.of(matrix.type());
    for (int r = 0; r < matrix.rows(); r++) {
      codec.dequantise(matrix.row(r), 0, row, 0, row.length);
      MemorySegment.copy(
          row,
          0,
          floats.getSegment(),
          ValueLayout.JAVA_FLOAT_UNALIGNED,
          (long) r * row.length * Float.BYTES,
          row.length);
    }
    return floats;
  }

  private static IntArray packed(WeightMatrix matrix) {
    MemorySegment source = matrix.data();
    long ints = Math.ceilDiv(source.byteSize(), (long) Integer.BYTES);
    IntArray packed = new IntArray(Math.toIntExact(ints));
    MemorySegment target = packed.getSegment();
    switch (matrix.type()) {
      case Q6_K -> split(source, target, 210, 0, 208);
      case Q8_0 -> split(source, target, 34, 2, 0);
      case Q4_0 -> split(source, target, 18, 2, 0);
      default -> MemorySegment.copy(source, 0, target, 0, source.byteSize());
    }
    return packed;
  }

  private static void split(
      MemorySegment source, MemorySegment target, int blockBytes, int body, int scale) {
    long blocks = source.byteSize() / blockBytes;
    int bodyBytes = blockBytes - Short.BYTES;
    long scales = blocks * bodyBytes;
    for (long b = 0; b < blocks; b++) {
      long at = b * blockBytes;
      MemorySegment.copy(source, at + body, target, b * bodyBytes, bodyBytes);
      MemorySegment.copy(source, at + scale, target, scales + b * Short.BYTES, Short.BYTES);
    }
  }
}
