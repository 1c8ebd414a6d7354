package io.firesteel.model.cpu;

import io.firesteel.loader.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Unpacks stored super-blocks of 256 weights into whole numbers and their factors, straight from
 * the file's memory; block layouts are those of ggml's {@code ggml-common.h}.
 *
 * <p>Methods are loops over blocks that hand no vector to another method: a vector that leaves the
 * code which the compiler sees as one becomes an object, and slower by two orders of magnitude.
 */
enum QuantUnpacker {
  Q4_K(true) {
    @Override
    void unpack(MemorySegment data, long from, int blocks, QuantTile tile) {
      byte[] quants = tile.quants();
      for (int block = 0; block < blocks; block++) {
        long at = from + 144L * block;
        int to = QuantTile.BLOCK * block;
        affineFactors(data, at, tile, block);
        for (int pair = 0; pair < 4; pair++, to += 64) {
          ByteVector q = ByteVector.fromMemorySegment(BYTES, data, at + 16 + 32L * pair, ORDER);
          q.and((byte) 15).intoArray(quants, to);
          q.reinterpretAsInts()
              .lanewise(VectorOperators.LSHR, 4)
              .reinterpretAsBytes()
              .and((byte) 15)
              .intoArray(quants, to + 32);
        }
      }
    }
  },

  Q5_K(true) {
    @Override
    void unpack(MemorySegment data, long from, int blocks, QuantTile tile) {
      byte[] quants = tile.quants();
      for (int block = 0; block < blocks; block++) {
        long at = from + 176L * block;
        int to = QuantTile.BLOCK * block;
        affineFactors(data, at, tile, block);
        for (int pair = 0; pair < 4; pair++, to += 64) {
          ByteVector q = ByteVector.fromMemorySegment(BYTES, data, at + 48 + 32L * pair, ORDER);
          // Bits 2 pair and 2 pair + 1 become bits 0 and 1, each to be shifted to bit 4.
          ByteVector fifth =
              ByteVector.fromMemorySegment(BYTES, data, at + 16, ORDER)
                  .reinterpretAsInts()
                  .lanewise(VectorOperators.LSHR, 2 * pair)
                  .lanewise(VectorOperators.LSHL, 3)
                  .reinterpretAsBytes();
          ByteVector low =
              fifth.reinterpretAsInts().lanewise(VectorOperators.LSHL, 1).reinterpretAsBytes();
          q.and((byte) 15).or(low.and((byte) 16)).intoArray(quants, to);
          q.reinterpretAsInts()
              .lanewise(VectorOperators.LSHR, 4)
              .reinterpretAsBytes()
              .and((byte) 15)
              .or(fifth.and((byte) 16))
              .intoArray(quants, to + 32);
        }
      }
    }
  },

  Q6_K(false) {
    @Override
    void unpack(MemorySegment data, long from, int blocks, QuantTile tile) {
      byte[] quants = tile.quants();
      for (int block = 0; block < blocks; block++) {
        long at = from + 210L * block;
        int to = QuantTile.BLOCK * block;
        scaleFactors(data, at + 192, data.get(SHORT, at + 208), tile, block);
        for (int part = 0; part < 2; part++, to += 128) {
          ByteVector a = ByteVector.fromMemorySegment(BYTES, data, at + 64L * part, ORDER);
          ByteVector b = ByteVector.fromMemorySegment(BYTES, data, at + 64L * part + 32, ORDER);
          ByteVector h = ByteVector.fromMemorySegment(BYTES, data, at + 128 + 32L * part, ORDER);
          ByteVector high =
              h.reinterpretAsInts().lanewise(VectorOperators.LSHL, 4).reinterpretAsBytes();
          a.and((byte) 15).or(high.and((byte) 48)).sub((byte) 32).intoArray(quants, to);
          high = h.reinterpretAsInts().lanewise(VectorOperators.LSHL, 2).reinterpretAsBytes();
          b.and((byte) 15).or(high.and((byte) 48)).sub((byte) 32).intoArray(quants, to + 32);
          ByteVector upper =
              a.reinterpretAsInts().lanewise(VectorOperators.LSHR, 4).reinterpretAsBytes();
          upper.and((byte) 15).or(h.and((byte) 48)).sub((byte) 32).intoArray(quants, to + 64);
          upper = b.reinterpretAsInts().lanewise(VectorOperators.LSHR, 4).reinterpretAsBytes();
          high = h.reinterpretAsInts().lanewise(VectorOperators.LSHR, 2).reinterpretAsBytes();
          upper.and((byte) 15).or(high.and((byte) 48)).sub((byte) 32).intoArray(quants, to + 96);
        }
      }
    }
  };

  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_256;
  private static final VectorSpecies<Byte> EIGHT_BYTES = ByteVector.SPECIES_64;
  private static final VectorSpecies<Float> EIGHT_FLOATS = FloatVector.SPECIES_256;
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);
  private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ORDER);

  private final boolean minima;

  QuantUnpacker(boolean minima) {
    this.minima = minima;
  }

  /** The unpacker of a type, or null if there is none for it, or none on this machine. */
  static QuantUnpacker of(TensorType type) {
    if (DotKernel.LANES < EIGHT_FLOATS.length()) {
      return null;
    }
    return switch (type) {
      case Q4_K -> Q4_K;
      case Q5_K -> Q5_K;
      case Q6_K -> Q6_K;
      default -> null;
    };
  }

  /**
   * Whether a weight is {@code quant * scale - minimum}, in runs of 32 that share both; otherwise
   * it is {@code quant * scale}, in runs of 16.
   */
  boolean hasMinima() {
    return minima;
  }

  /**
   * Unpacks blocks that follow each other, to the beginning of a tile.
   *
   * @param data blocks, from byte {@code from}
   * @param blocks how many
   */
  abstract void unpack(MemorySegment data, long from, int blocks, QuantTile tile);

  /** The factors of Q4_K blocks that follow each other, without their weights. */
  static void q4Factors(MemorySegment data, long from, int blocks, QuantTile tile) {
    for (int block = 0; block < blocks; block++) {
      affineFactors(data, from + 144L * block, tile, block);
    }
  }

  /**
   * The eight scales and eight minima of a block, which begins with their two factors and 12 bytes
   * that hold them in 6 bits each.
   */
  private static void affineFactors(MemorySegment data, long at, QuantTile tile, int block) {
    int a = data.get(INT, at + 4);
    int b = data.get(INT, at + 8);
    int c = data.get(INT, at + 12);
    int laterScales = c & 0x0f0f0f0f | a >>> 2 & 0x30303030;
    int laterMinima = c >>> 4 & 0x0f0f0f0f | b >>> 2 & 0x30303030;
    int to = QuantTile.FACTORS * block;
    byte[] whole = tile.wholeFactors();
    LONG.set(whole, to, a & 0x3f3f3f3f | (long) laterScales << 32);
    LONG.set(whole, to + 8, b & 0x3f3f3f3f | (long) laterMinima << 32);
    int both = data.get(INT, at);
    ((FloatVector)
            ByteVector.fromArray(EIGHT_BYTES, whole, to)
                .convertShape(VectorOperators.B2F, EIGHT_FLOATS, 0))
        .mul(Float.float16ToFloat((short) both))
        .intoArray(tile.factors(), to);
    ((FloatVector)
            ByteVector.fromArray(EIGHT_BYTES, whole, to + 8)
                .convertShape(VectorOperators.B2F, EIGHT_FLOATS, 0))
        .mul(Float.float16ToFloat((short) (both >>> 16)))
        .intoArray(tile.factors(), to + 8);
  }

  /** The sixteen scales of a block, stored as bytes. */
  private static void scaleFactors(
      MemorySegment data, long at, short factor, QuantTile tile, int block) {
    float d = Float.float16ToFloat(factor);
    int to = QuantTile.FACTORS * block;
    ((FloatVector)
            ByteVector.fromMemorySegment(EIGHT_BYTES, data, at, ORDER)
                .convertShape(VectorOperators.B2F, EIGHT_FLOATS, 0))
        .mul(d)
        .intoArray(tile.factors(), to);
    ((FloatVector)
            ByteVector.fromMemorySegment(EIGHT_BYTES, data, at + 8, ORDER)
                .convertShape(VectorOperators.B2F, EIGHT_FLOATS, 0))
        .mul(d)
        .intoArray(tile.factors(), to + 8);
  }
}
