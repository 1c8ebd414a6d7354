package io.firesteel.model.cpu;

import static io.firesteel.model.cpu.DotKernel.ROWS;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dot products of stored Q4_K blocks with rows of activations, to the same bits as {@link
 * DotKernel} gives on the dequantised weights. A run of 32 weights has only 16 values: they fill
 * one vector, from which each weight is picked by its four bits.
 */
final class TableDot {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_512;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_512;
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_128;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final int LANES = FLOATS.length();

  private static final long BLOCK_BYTES = 144;
  private static final int QUANTS_AT = 16;

  /** 0 to 15. */
  private static final FloatVector NUMBERS =
      (FloatVector) INTS.zero().addIndex(1).convertShape(VectorOperators.I2F, FLOATS, 0);

  private TableDot() {}

  /** Whether a vector holds a table. */
  static boolean isUsable() {
    return FLOATS.equals(DotKernel.SPECIES);
  }

  /**
   * A tile.
   *
   * @param data blocks of the tile's rows, from byte {@code from}
   * @param rows weight rows of the tile
   * @param columns weights of a row, whole blocks
   * @param factors for each block eight scales and eight minima
   * @param x activations
   * @param scratch of the thread
   * @param out output: for each row of activations {@link WeightTile#padded} dot products
   */
  static void tile(
      MemorySegment data,
      long from,
      int rows,
      int columns,
      float[] factors,
      Activations x,
      Scratch scratch,
      float[] out) {
    int padded = WeightTile.padded(rows);
    int blocks = columns / QuantTile.BLOCK;
    float[] lanes = scratch.weights(padded * LANES);
    for (int j = 0; j < x.count(); j++) {
      for (int i = 0; i < rows; i += 2) {
        twoRows(
            data,
            from + BLOCK_BYTES * blocks * i,
            blocks,
            i + 1 < rows ? blocks : 0,
            factors,
            QuantTile.FACTORS * blocks * i,
            x.values(),
            x.at()[j],
            lanes,
            LANES * i);
      }
      for (int i = 0; i < rows; i += ROWS) {
        DotKernel.finish(lanes, LANES * i, out, j * padded + i);
      }
    }
  }

  /**
   * The lanes of two rows' dot products. The loop hands no vector to a method of this project, as
   * {@link QuantUnpacker} says; two rows hide the time that a product takes.
   *
   * @param second blocks from the first row to the second, which may be the first again
   */
  private static void twoRows(
      MemorySegment data,
      long from,
      int blocks,
      int second,
      float[] factors,
      int factorsFrom,
      float[] x,
      int at,
      float[] lanes,
      int to) {
    FloatVector s = FloatVector.zero(FLOATS);
    FloatVector t = s;
    for (int run = 0; run < 8 * blocks; run += 2) {
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, at + 32 * run);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, at + 32 * run + 16);
      FloatVector x2 = FloatVector.fromArray(FLOATS, x, at + 32 * run + 32);
      FloatVector x3 = FloatVector.fromArray(FLOATS, x, at + 32 * run + 48);

      int f = factorsFrom + QuantTile.FACTORS * (run >> 3) + (run & 7);
      long q = from + QUANTS_AT + BLOCK_BYTES * (run >> 3) + 16L * (run & 7);
      IntVector low = NUMBERS.mul(factors[f]).sub(factors[f + 8]).reinterpretAsInts();
      IntVector high = NUMBERS.mul(factors[f + 1]).sub(factors[f + 9]).reinterpretAsInts();
      IntVector a =
          (IntVector)
              ByteVector.fromMemorySegment(BYTES, data, q, ORDER)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      IntVector b =
          (IntVector)
              ByteVector.fromMemorySegment(BYTES, data, q + 16, ORDER)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      s = a.selectFrom(low).reinterpretAsFloats().fma(x0, s);
      s = b.selectFrom(low).reinterpretAsFloats().fma(x1, s);
      a = a.lanewise(VectorOperators.LSHR, 4);
      b = b.lanewise(VectorOperators.LSHR, 4);
      s = a.selectFrom(high).reinterpretAsFloats().fma(x2, s);
      s = b.selectFrom(high).reinterpretAsFloats().fma(x3, s);

      f += QuantTile.FACTORS * second;
      q += BLOCK_BYTES * second;
      low = NUMBERS.mul(factors[f]).sub(factors[f + 8]).reinterpretAsInts();
      high = NUMBERS.mul(factors[f + 1]).sub(factors[f + 9]).reinterpretAsInts();
      a =
          (IntVector)
              ByteVector.fromMemorySegment(BYTES, data, q, ORDER)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      b =
          (IntVector)
              ByteVector.fromMemorySegment(BYTES, data, q + 16, ORDER)
                  .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
      t = a.selectFrom(low).reinterpretAsFloats().fma(x0, t);
      t = b.selectFrom(low).reinterpretAsFloats().fma(x1, t);
      a = a.lanewise(VectorOperators.LSHR, 4);
      b = b.lanewise(VectorOperators.LSHR, 4);
      t = a.selectFrom(high).reinterpretAsFloats().fma(x2, t);
      t = b.selectFrom(high).reinterpretAsFloats().fma(x3, t);
    }
    s.intoArray(lanes, to);
    t.intoArray(lanes, to + LANES);
  }
}
