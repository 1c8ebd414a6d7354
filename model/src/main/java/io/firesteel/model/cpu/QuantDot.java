package io.firesteel.model.cpu;

import static io.firesteel.model.cpu.DotKernel.LANES;
import static io.firesteel.model.cpu.DotKernel.ROWS;
import static io.firesteel.model.cpu.DotKernel.SPECIES;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dot products of weights in a {@link QuantTile} with rows of activations, to the same bits as
 * {@link DotKernel} gives on the dequantised weights, which are never stored.
 */
final class QuantDot {
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, LANES * Byte.SIZE)));

  private static final int BLOCK = QuantTile.BLOCK;

  /** Weights for each of a block's factors. */
  private static final int FACTOR_RUN = BLOCK / QuantTile.FACTORS;

  private QuantDot() {}

  /**
   * A tile.
   *
   * @param rows weight rows of the tile, a multiple of {@link DotKernel#ROWS}
   * @param columns weights of a row, whole blocks
   * @param x activations
   * @param at where each row of activations begins in {@code x}
   * @param count rows of activations
   * @param out output, {@code count} rows of {@code rows}
   */
  static void tile(
      QuantTile tile,
      boolean minima,
      int rows,
      int columns,
      float[] x,
      int[] at,
      int count,
      float[] out) {
    byte[] quants = tile.quants();
    float[] factors = tile.factors();
    for (int j = 0; j < count; j++) {
      for (int i = 0; i < rows; i += ROWS) {
        if (minima) {
          affine(quants, factors, i * columns, columns, x, at[j], out, j * rows + i);
        } else {
          scaled(quants, factors, i * columns, columns, x, at[j], out, j * rows + i);
        }
      }
    }
  }

  /** Four rows with minima. */
  private static void affine(
      byte[] quants,
      float[] factors,
      int from,
      int columns,
      float[] x,
      int at,
      float[] out,
      int to) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int block = 0; block < columns / BLOCK; block++) {
      int f0 = (from + BLOCK * block) / FACTOR_RUN;
      int f1 = f0 + columns / FACTOR_RUN;
      int f2 = f1 + columns / FACTOR_RUN;
      int f3 = f2 + columns / FACTOR_RUN;
      int q0 = from + BLOCK * block;
      int q1 = q0 + columns;
      int q2 = q1 + columns;
      int q3 = q2 + columns;
      for (int run = 0; run < 8; run++) {
        FloatVector scale0 = FloatVector.broadcast(SPECIES, factors[f0 + run]);
        FloatVector min0 = FloatVector.broadcast(SPECIES, factors[f0 + 8 + run]);
        FloatVector scale1 = FloatVector.broadcast(SPECIES, factors[f1 + run]);
        FloatVector min1 = FloatVector.broadcast(SPECIES, factors[f1 + 8 + run]);
        FloatVector scale2 = FloatVector.broadcast(SPECIES, factors[f2 + run]);
        FloatVector min2 = FloatVector.broadcast(SPECIES, factors[f2 + 8 + run]);
        FloatVector scale3 = FloatVector.broadcast(SPECIES, factors[f3 + run]);
        FloatVector min3 = FloatVector.broadcast(SPECIES, factors[f3 + 8 + run]);
        for (int part = 0; part < 32 / LANES; part++) {
          int c = 32 * run + LANES * part;
          FloatVector v = FloatVector.fromArray(SPECIES, x, at + BLOCK * block + c);
          s0 =
              ((FloatVector)
                      ByteVector.fromArray(BYTES, quants, q0 + c)
                          .convertShape(VectorOperators.B2F, SPECIES, 0))
                  .mul(scale0)
                  .sub(min0)
                  .fma(v, s0);
          s1 =
              ((FloatVector)
                      ByteVector.fromArray(BYTES, quants, q1 + c)
                          .convertShape(VectorOperators.B2F, SPECIES, 0))
                  .mul(scale1)
                  .sub(min1)
                  .fma(v, s1);
          s2 =
              ((FloatVector)
                      ByteVector.fromArray(BYTES, quants, q2 + c)
                          .convertShape(VectorOperators.B2F, SPECIES, 0))
                  .mul(scale2)
                  .sub(min2)
                  .fma(v, s2);
          s3 =
              ((FloatVector)
                      ByteVector.fromArray(BYTES, quants, q3 + c)
                          .convertShape(VectorOperators.B2F, SPECIES, 0))
                  .mul(scale3)
                  .sub(min3)
                  .fma(v, s3);
        }
      }
    }
    DotKernel.store(DotKernel.sums(s0, s1, s2, s3), out, to);
  }

  /** Four rows without minima. */
  private static void scaled(
      byte[] quants,
      float[] factors,
      int from,
      int columns,
      float[] x,
      int at,
      float[] out,
      int to) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int runs = columns / FACTOR_RUN;
    int f0 = from / FACTOR_RUN;
    int f1 = f0 + runs;
    int f2 = f1 + runs;
    int f3 = f2 + runs;
    int q0 = from;
    int q1 = q0 + columns;
    int q2 = q1 + columns;
    int q3 = q2 + columns;
    for (int run = 0; run < runs; run++) {
      FloatVector scale0 = FloatVector.broadcast(SPECIES, factors[f0 + run]);
      FloatVector scale1 = FloatVector.broadcast(SPECIES, factors[f1 + run]);
      FloatVector scale2 = FloatVector.broadcast(SPECIES, factors[f2 + run]);
      FloatVector scale3 = FloatVector.broadcast(SPECIES, factors[f3 + run]);
      for (int part = 0; part < 16 / LANES; part++) {
        int c = 16 * run + LANES * part;
        FloatVector v = FloatVector.fromArray(SPECIES, x, at + c);
        s0 =
            ((FloatVector)
                    ByteVector.fromArray(BYTES, quants, q0 + c)
                        .convertShape(VectorOperators.B2F, SPECIES, 0))
                .mul(scale0)
                .fma(v, s0);
        s1 =
            ((FloatVector)
                    ByteVector.fromArray(BYTES, quants, q1 + c)
                        .convertShape(VectorOperators.B2F, SPECIES, 0))
                .mul(scale1)
                .fma(v, s1);
        s2 =
            ((FloatVector)
                    ByteVector.fromArray(BYTES, quants, q2 + c)
                        .convertShape(VectorOperators.B2F, SPECIES, 0))
                .mul(scale2)
                .fma(v, s2);
        s3 =
            ((FloatVector)
                    ByteVector.fromArray(BYTES, quants, q3 + c)
                        .convertShape(VectorOperators.B2F, SPECIES, 0))
                .mul(scale3)
                .fma(v, s3);
      }
    }
    DotKernel.store(DotKernel.sums(s0, s1, s2, s3), out, to);
  }
}
