package io.firesteel.model.synthetic;

import io.firesteel.loader.TensorType;
import io.firesteel.loader.blocks.BlockCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Makes valid blocks of a type straight from random words: quants stay as they come, scales are
 * overwritten so that the values have a given mean and standard deviation. Signs of the scales are
 * random where a type's quants are not balanced around zero, so that the values are.
 *
 * <p>What a block holds depends on the random words at its own place alone.
 */
final class RandomBlocks {
  /** Blocks of every type fill whole words in groups of this many. */
  static final int GROUP = 8;

  private static final int CALIBRATION_BLOCKS = 512;
  private static final int SCALES = 32;
  private static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final TensorType type;
  private final double mean;
  private final double deviation;
  // Factors around the wanted one, the second half negative; chosen by five random bits.
  private final short[] scales = new short[SCALES];
  private final short[] offsets = new short[SCALES];
  private final int exponent;

  private RandomBlocks(TensorType type, double mean, double deviation, double scale) {
    this.type = type;
    this.mean = mean;
    this.deviation = deviation;
    this.exponent = Math.clamp(Math.round(127 + Math.log(scale) / Math.log(2)), 0, 254);
    for (int i = 0; i < SCALES; i++) {
      double spread = 0.75 + 0.5 * (i % (SCALES / 2) + 0.5) / (SCALES / 2);
      double value = i < SCALES / 2 ? scale * spread : -scale * spread;
      scales[i] = Float.floatToFloat16((float) value);
      offsets[i] = Float.floatToFloat16((float) (value * offsetFactor(type)));
    }
  }

  /**
   * Blocks with values of a given size.
   *
   * @param type any type that has floating-point values
   * @param mean mean of the values; 0 for all types but F32
   * @param deviation standard deviation of the values
   */
  static RandomBlocks of(TensorType type, double mean, double deviation) {
    if (mean != 0 && type != TensorType.F32) {
      throw new IllegalArgumentException("a mean of " + mean + " in " + type);
    }
    double scale = isFloat(type) ? 1 : deviation / deviationOfUnitScale(type);
    return new RandomBlocks(type, mean, deviation, scale);
  }

  /** Minima as multiples of the scale, such that they balance the middle of the quants. */
  private static double offsetFactor(TensorType type) {
    return switch (type) {
      case Q4_1 -> -7.5;
      case Q5_1 -> -15.5;
      case Q2_K -> 1.5;
      case Q4_K -> 7.5;
      case Q5_K -> 15.5;
      default -> 0;
    };
  }

  private static boolean isFloat(TensorType type) {
    return switch (type) {
      case F32, F16, BF16, F64 -> true;
      default -> false;
    };
  }

  /** Root mean square of a type's random values where the scale is 1. */
  private static double deviationOfUnitScale(TensorType type) {
    RandomBlocks unit = new RandomBlocks(type, 0, 1, 1);
    byte[] blocks = new byte[CALIBRATION_BLOCKS * type.blockBytes()];
    MemorySegment memory = MemorySegment.ofArray(blocks);
    unit.fill(new CounterRandom(0), 0, memory);
    float[] values = new float[CALIBRATION_BLOCKS * type.blockSize()];
    BlockCodec.of(type).dequantise(memory, 0, values, 0, values.length);
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares / values.length);
  }

  /**
   * Writes blocks.
   *
   * @param random the tensor's stream
   * @param firstBlock index of the first block in the tensor, a multiple of {@link #GROUP}
   * @param target memory of whole blocks
   */
  void fill(CounterRandom random, long firstBlock, MemorySegment target) {
    if (isFloat(type)) {
      fillFloats(random, firstBlock, target);
      return;
    }
    fillWords(random, firstBlock * type.blockBytes() / Long.BYTES, target);
    for (long at = 0; at < target.byteSize(); at += type.blockBytes()) {
      setScales(target, at);
    }
  }

  /** Fills memory that may end within a word, as the last blocks of a tensor can. */
  private static void fillWords(CounterRandom random, long firstWord, MemorySegment target) {
    long words = target.byteSize() / Long.BYTES;
    random.fill(firstWord, target.asSlice(0, words * Long.BYTES));
    long last = random.word(firstWord + words);
    for (long at = words * Long.BYTES; at < target.byteSize(); at++) {
      target.set(ValueLayout.JAVA_BYTE, at, (byte) last);
      last >>>= Byte.SIZE;
    }
  }

  private void setScales(MemorySegment target, long at) {
    switch (type) {
      case Q4_0, Q5_0, Q8_0, IQ4_NL -> setHalf(target, at, scales, at);
      case Q4_1, Q5_1 -> setScaleAndOffset(target, at);
      case Q4_K, Q5_K -> {
        setScaleAndOffset(target, at);
        // Scales and minima of all groups between 48 and 63: their top bits are in eight bytes.
        setBits(target, at + 4, 0xF0F0_F0F0_F0F0_F0F0L);
      }
      case Q2_K -> {
        setBits(target, at, 0x8888_8888_8888_8888L);
        setBits(target, at + 8, 0x8888_8888_8888_8888L);
        setScaleAndOffset(target, at + 80);
      }
      case Q3_K -> setHalf(target, at + 108, scales, at + 108);
      case Q6_K -> {
        setLargeScales(target, at + 192);
        setLargeScales(target, at + 200);
        setHalf(target, at + 208, scales, at + 208);
      }
      case IQ4_XS -> setHalf(target, at, scales, at);
      case MXFP4 -> {
        int around = target.get(ValueLayout.JAVA_BYTE, at) & 1;
        byte power = (byte) Math.clamp(exponent - around, 0, 254);
        target.set(ValueLayout.JAVA_BYTE, at, power);
      }
      default -> throw new IllegalArgumentException(type + " cannot be synthesised");
    }
  }

  private void setScaleAndOffset(MemorySegment target, long at) {
    int choice = target.get(HALF, at) & (SCALES - 1);
    target.set(HALF, at, scales[choice]);
    target.set(HALF, at + Short.BYTES, offsets[choice]);
  }

  private static void setHalf(MemorySegment target, long at, short[] table, long chooser) {
    target.set(HALF, at, table[target.get(HALF, chooser) & (SCALES - 1)]);
  }

  private static void setBits(MemorySegment target, long at, long bits) {
    target.set(WORD, at, target.get(WORD, at) | bits);
  }

  /** Makes eight signed bytes 64 to 127 or -128 to -65: bit 6 becomes the opposite of the sign. */
  private static void setLargeScales(MemorySegment target, long at) {
    long scales = target.get(WORD, at);
    long sixth = 0x4040_4040_4040_4040L;
    target.set(WORD, at, scales & ~sixth | ~scales >>> 1 & sixth);
  }

  private void fillFloats(CounterRandom random, long first, MemorySegment target) {
    int bytes = type.blockBytes();
    for (long at = 0, index = first; at < target.byteSize(); at += bytes, index++) {
      float value = (float) (mean + deviation * bell(random.word(index)));
      switch (type) {
        case F32 -> target.set(FLOAT, at, value);
        case F16 -> target.set(HALF, at, Float.floatToFloat16(value));
        case BF16 -> target.set(HALF, at, (short) (Float.floatToRawIntBits(value) >>> 16));
        default -> target.set(WORD, at, Double.doubleToRawLongBits(value));
      }
    }
  }

  /** Nearly normal, mean 0 and deviation 1: the sum of four uniform numbers of 16 bits. */
  private static double bell(long word) {
    long sum = (word & 0xFFFF) + (word >>> 16 & 0xFFFF) + (word >>> 32 & 0xFFFF) + (word >>> 48);
    return (sum - 131_070) / (65_536 * Math.sqrt(4 / 12.0));
  }
}
