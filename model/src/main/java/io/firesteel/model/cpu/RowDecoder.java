package io.firesteel.model.cpu;

import io.firesteel.loader.TensorType;
import io.firesteel.loader.blocks.BlockCodec;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Dequantises a run of whole blocks with vectors, to the same bits as the loader's {@code
 * BlockCodec}. Block layouts are those of ggml's {@code ggml-common.h}.
 */
@FunctionalInterface
interface RowDecoder {
  /**
   * Decodes.
   *
   * @param raw blocks, from {@code from}
   * @param elements a multiple of the type's block size
   * @param out output, from {@code to}
   */
  void decode(byte[] raw, int from, int elements, float[] out, int to);

  /** The decoder of a type. */
  static RowDecoder of(TensorType type) {
    if (DotKernel.LANES < 8) {
      return scalar(type);
    }
    return switch (type) {
      case BF16 -> Blocks::bf16;
      case F16 -> Blocks::f16;
      case Q4_0 -> Blocks::q40;
      case Q8_0 -> Blocks::q80;
      case Q4_K -> Blocks::q4k;
      case Q5_K -> Blocks::q5k;
      case Q6_K -> Blocks::q6k;
      default -> scalar(type);
    };
  }

  /** The loader's own decoder. */
  static RowDecoder scalar(TensorType type) {
    BlockCodec codec = BlockCodec.of(type);
    return (raw, from, elements, out, to) ->
        codec.dequantise(MemorySegment.ofArray(raw), from, out, to, elements);
  }

  /** The vector forms. */
  final class Blocks {
    private static final VectorSpecies<Float> FLOATS = DotKernel.SPECIES;
    private static final int LANES = FLOATS.length();
    private static final VectorSpecies<Integer> INTS =
        VectorSpecies.of(int.class, FLOATS.vectorShape());
    private static final VectorSpecies<Byte> BYTES = bytes(LANES * Byte.SIZE);
    private static final VectorSpecies<Byte> BYTE_PAIRS = bytes(LANES * Short.SIZE);
    private static final VarHandle SHORT =
        MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private Blocks() {}

    private static VectorSpecies<Byte> bytes(int bits) {
      return VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, bits)));
    }

    static void bf16(byte[] raw, int from, int elements, float[] out, int to) {
      int c = 0;
      for (; c <= elements - LANES; c += LANES) {
        shorts(raw, from + 2 * c)
            .lanewise(VectorOperators.LSHL, 16)
            .reinterpretAsFloats()
            .intoArray(out, to + c);
      }
      for (; c < elements; c++) {
        out[to + c] = Float.intBitsToFloat((short) SHORT.get(raw, from + 2 * c) << 16);
      }
    }

    /**
     * Exponent and mantissa are shifted into place and the exponent's bias put right by a
     * multiplication, which also normalises small numbers.
     */
    static void f16(byte[] raw, int from, int elements, float[] out, int to) {
      int c = 0;
      for (; c <= elements - LANES; c += LANES) {
        halves(shorts(raw, from + 2 * c)).intoArray(out, to + c);
      }
      for (; c < elements; c++) {
        out[to + c] = half(raw, from + 2 * c);
      }
    }

    private static FloatVector halves(IntVector bits) {
      IntVector magnitude = bits.and(0x7fff);
      IntVector sign = bits.and(0x8000).lanewise(VectorOperators.LSHL, 16);
      IntVector finite =
          magnitude
              .lanewise(VectorOperators.LSHL, 13)
              .reinterpretAsFloats()
              .mul(0x1p112f)
              .reinterpretAsInts();
      IntVector special = magnitude.lanewise(VectorOperators.LSHL, 13).or(0x7f800000);
      var infiniteOrNan = magnitude.compare(VectorOperators.GE, 0x7c00);
      return finite.blend(special, infiniteOrNan).or(sign).reinterpretAsFloats();
    }

    static void q40(byte[] raw, int from, int elements, float[] out, int to) {
      for (int c = 0, at = from; c < elements; c += 32, at += 18) {
        float d = half(raw, at);
        for (int i = 0; i < 16; i += LANES) {
          IntVector q = bytes(raw, at + 2 + i);
          floats(q.and(15).sub(8)).mul(d).intoArray(out, to + c + i);
          floats(q.lanewise(VectorOperators.LSHR, 4).sub(8)).mul(d).intoArray(out, to + c + 16 + i);
        }
      }
    }

    static void q80(byte[] raw, int from, int elements, float[] out, int to) {
      for (int c = 0, at = from; c < elements; c += 32, at += 34) {
        float d = half(raw, at);
        for (int i = 0; i < 32; i += LANES) {
          signedBytes(raw, at + 2 + i).mul(d).intoArray(out, to + c + i);
        }
      }
    }

    static void q4k(byte[] raw, int from, int elements, float[] out, int to) {
      for (int c = 0, at = from; c < elements; c += 256, at += 144) {
        float d = half(raw, at);
        float dMin = half(raw, at + 2);
        for (int pair = 0; pair < 4; pair++) {
          float lowScale = d * scale(raw, at + 4, 2 * pair);
          float lowMin = dMin * min(raw, at + 4, 2 * pair);
          float highScale = d * scale(raw, at + 4, 2 * pair + 1);
          float highMin = dMin * min(raw, at + 4, 2 * pair + 1);
          int bits = at + 16 + 32 * pair;
          int target = to + c + 64 * pair;
          for (int i = 0; i < 32; i += LANES) {
            IntVector q = bytes(raw, bits + i);
            floats(q.and(15)).mul(lowScale).sub(lowMin).intoArray(out, target + i);
            floats(q.lanewise(VectorOperators.LSHR, 4))
                .mul(highScale)
                .sub(highMin)
                .intoArray(out, target + 32 + i);
          }
        }
      }
    }

    static void q5k(byte[] raw, int from, int elements, float[] out, int to) {
      for (int c = 0, at = from; c < elements; c += 256, at += 176) {
        float d = half(raw, at);
        float dMin = half(raw, at + 2);
        for (int pair = 0; pair < 4; pair++) {
          float lowScale = d * scale(raw, at + 4, 2 * pair);
          float lowMin = dMin * min(raw, at + 4, 2 * pair);
          float highScale = d * scale(raw, at + 4, 2 * pair + 1);
          float highMin = dMin * min(raw, at + 4, 2 * pair + 1);
          int bits = at + 48 + 32 * pair;
          int target = to + c + 64 * pair;
          for (int i = 0; i < 32; i += LANES) {
            IntVector q = bytes(raw, bits + i);
            IntVector fifth = bytes(raw, at + 16 + i).lanewise(VectorOperators.LSHR, 2 * pair);
            IntVector low = q.and(15).or(fifth.and(1).lanewise(VectorOperators.LSHL, 4));
            IntVector high =
                q.lanewise(VectorOperators.LSHR, 4)
                    .or(fifth.and(2).lanewise(VectorOperators.LSHL, 3));
            floats(low).mul(lowScale).sub(lowMin).intoArray(out, target + i);
            floats(high).mul(highScale).sub(highMin).intoArray(out, target + 32 + i);
          }
        }
      }
    }

    static void q6k(byte[] raw, int from, int elements, float[] out, int to) {
      for (int c = 0, at = from; c < elements; c += 256, at += 210) {
        float d = half(raw, at + 208);
        for (int part = 0; part < 2; part++) {
          for (int i = 0; i < 32; i += LANES) {
            int scales = at + 192 + 8 * part + i / 16;
            int high = at + 128 + 32 * part + i;
            q6kVectors(raw, at + 64 * part + i, high, scales, d, out, to + c + 128 * part + i);
          }
        }
      }
    }

    /** Four vectors, 32 elements apart, that share the bytes of their high bits. */
    private static void q6kVectors(
        byte[] raw, int low, int high, int scales, float d, float[] out, int to) {
      IntVector a = bytes(raw, low);
      IntVector b = bytes(raw, low + 32);
      IntVector h = bytes(raw, high);
      IntVector upper = a.lanewise(VectorOperators.LSHR, 4);
      IntVector shifted = h.lanewise(VectorOperators.LSHL, 4);
      sixBits(a.and(15), shifted).mul(d * raw[scales]).intoArray(out, to);
      sixBits(upper, h).mul(d * raw[scales + 4]).intoArray(out, to + 64);
      upper = b.lanewise(VectorOperators.LSHR, 4);
      shifted = h.lanewise(VectorOperators.LSHL, 2);
      sixBits(b.and(15), shifted).mul(d * raw[scales + 2]).intoArray(out, to + 32);
      shifted = h.lanewise(VectorOperators.LSHR, 2);
      sixBits(upper, shifted).mul(d * raw[scales + 6]).intoArray(out, to + 96);
    }

    private static FloatVector sixBits(IntVector low, IntVector high) {
      return floats(low.or(high.and(0x30)).sub(32));
    }

    /**
     * The 6-bit scale of a Q4_K or Q5_K sub-block: eight scales and eight minima are packed in 12
     * bytes.
     */
    static int scale(byte[] raw, int at, int i) {
      return i < 4 ? raw[at + i] & 63 : raw[at + i + 4] & 15 | (raw[at + i - 4] & 0xc0) >> 2;
    }

    static int min(byte[] raw, int at, int i) {
      return i < 4
          ? raw[at + i + 4] & 63
          : (raw[at + i + 4] & 0xf0) >> 4 | (raw[at + i] & 0xc0) >> 2;
    }

    private static float half(byte[] raw, int at) {
      return Float.float16ToFloat((short) SHORT.get(raw, at));
    }

    private static IntVector bytes(byte[] raw, int at) {
      return (IntVector)
          ByteVector.fromArray(BYTES, raw, at)
              .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
    }

    private static FloatVector signedBytes(byte[] raw, int at) {
      return (FloatVector)
          ByteVector.fromArray(BYTES, raw, at).convertShape(VectorOperators.B2F, FLOATS, 0);
    }

    private static IntVector shorts(byte[] raw, int at) {
      return (IntVector)
          ByteVector.fromArray(BYTE_PAIRS, raw, at)
              .reinterpretAsShorts()
              .convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
    }

    private static FloatVector floats(IntVector q) {
      return (FloatVector) q.convertShape(VectorOperators.I2F, FLOATS, 0);
    }
  }
}
