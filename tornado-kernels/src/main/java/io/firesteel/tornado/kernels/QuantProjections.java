package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Query, key and value projections without bias in one launch, for weights in blocks of 256 (types
 * may differ) and quantised activations: three times {@link QuantGemv}, of which the smaller two
 * alone would leave most of a GPU idle. A kernel with three matrices of any type would be larger
 * than TornadoVM compiles where packed products are spelled out.
 *
 * <p>One to four warps for each output value, for each row first those of the queries. Local memory
 * 512 bytes. Moves the bytes of the weights, for each row of activations anew.
 */
public final class QuantProjections {
  /** Digits of the number that names three types. */
  private static final int TYPES = 8;

  private QuantProjections() {}

  /** Whether the three maps can share a launch. */
  static boolean fits(Projection query, Projection key, Projection value) {
    return isPlain(query)
        && isPlain(key)
        && isPlain(value)
        && key.weights().rows() == value.weights().rows();
  }

  private static boolean isPlain(Projection projection) {
    Weights weights = projection.weights();
    return weights.isQuantised()
        && Blocks.number(weights.type()) <= Blocks.Q6_K
        && !projection.isBiased();
  }

  static KernelTask task(
      Weights query,
      Weights key,
      Weights value,
      Activations a,
      FloatArray q,
      FloatArray k,
      FloatArray v,
      int rows) {
    int outputs = rows * (query.rows() + 2 * key.rows());
    int warps = Geometry.warpsSharing(outputs, query.columns() / 32);
    int types = Blocks.number(query.type());
    types = types * TYPES + Blocks.number(key.type());
    types = types * TYPES + Blocks.number(value.type());
    return KernelTask.of(
        QuantProjections.class,
        "project",
        Geometry.ofWarps(outputs * warps),
        in(query.ints()),
        in(key.ints()),
        in(value.ints()),
        in(a.quants()),
        in(a.scales()),
        out(q),
        out(k),
        out(v),
        scalar(types),
        scalar(query.rows()),
        scalar(key.rows()),
        scalar(query.columns()),
        scalar(rows),
        scalar(warps));
  }

  /**
   * The kernel.
   *
   * @param types numbers of the three types, as digits of a number to the base of 8: a task has no
   *     more arguments
   * @param queries outputs of the first matrix
   * @param keys outputs of the second, and of the third
   */
  public static void project(
      KernelContext context,
      IntArray query,
      IntArray key,
      IntArray value,
      IntArray q,
      FloatArray scales,
      FloatArray queryOut,
      FloatArray keyOut,
      FloatArray valueOut,
      int types,
      int queries,
      int keys,
      int columns,
      int rows,
      int warps) {
    int lanes = Geometry.WARP * warps;
    int target = context.globalIdx / lanes;
    int lane = context.localIdx % lanes;
    int outputs = queries + 2 * keys;
    int pieces = columns / 32;
    int row = target / outputs;
    int output = target % outputs;
    int run = row * pieces;
    float own = 0;
    if (row < rows) {
      if (output < queries) {
        int type = types / (TYPES * TYPES);
        own =
            type <= Blocks.AFFINE
                ? AffineBlocks.rowProduct(type, query, output, pieces, q, scales, run, lane, lanes)
                : Q6K.rowProduct(query, queries, output, pieces, q, scales, run, lane, lanes);
      } else if (output < queries + keys) {
        int type = types / TYPES % TYPES;
        int line = output - queries;
        own =
            type <= Blocks.AFFINE
                ? AffineBlocks.rowProduct(type, key, line, pieces, q, scales, run, lane, lanes)
                : Q6K.rowProduct(key, keys, line, pieces, q, scales, run, lane, lanes);
      } else {
        int type = types % TYPES;
        int line = output - queries - keys;
        own =
            type <= Blocks.AFFINE
                ? AffineBlocks.rowProduct(type, value, line, pieces, q, scales, run, lane, lanes)
                : Q6K.rowProduct(value, keys, line, pieces, q, scales, run, lane, lanes);
      }
    }
    float sum = Intrinsics.sum(context, own, warps);
    if (lane == 0 && row < rows) {
      if (output < queries) {
        queryOut.set(row * queries + output, sum);
      } else if (output < queries + keys) {
        keyOut.set(row * keys + output - queries, sum);
      } else {
        valueOut.set(row * keys + output - queries - keys, sum);
      }
    }
  }
}
