package io.firesteel.loader.blocks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantiserTest {
  private static final int BLOCKS_OF_256 = 256;

  static Stream<TensorType> quantised() {
    return Arrays.stream(TensorType.values())
        .filter(TensorType::isReadable)
        .filter(type -> BlockCodec.of(type).quantises());
  }

  /**
   * Root mean square error on numbers of standard normal distribution. What scales taken from the
   * extremes alone give, for comparison: 0.0784 for Q4_K and 0.0188 for Q6_K.
   */
  @ParameterizedTest
  @CsvSource({
    "F32, 0",
    "F64, 0",
    "F16, 0.00022",
    "BF16, 0.0017",
    "Q4_0, 0.0823",
    "Q4_1, 0.0700",
    "Q5_0, 0.0405",
    "Q5_1, 0.0340",
    "Q8_0, 0.0051",
    "Q2_K, 0.262",
    "Q3_K, 0.146",
    "Q4_K, 0.0705",
    "Q5_K, 0.0350",
    "Q6_K, 0.0169",
    "IQ4_NL, 0.0740",
    "IQ4_XS, 0.0745",
    "MXFP4, 0.113",
  })
  void staysWithinTheErrorExpectedOnNormalNumbers(TensorType type, double bound) {
    float[] x = normal(256 * BLOCKS_OF_256, 1, 1);
    double rms = Math.sqrt(squaredError(x, roundTrip(type, x)) / x.length);
    System.out.printf(
        Locale.ROOT,
        "%-7s %5.2f bits/element, RMS error on N(0,1) %.5f%n",
        type,
        type.bitsPerElement(),
        rms);
    assertTrue(rms <= bound, type + " has an RMS error of " + rms);
  }

  @ParameterizedTest
  @MethodSource("quantised")
  void losesNextToNothingTheSecondTime(TensorType type) {
    float[] once = roundTrip(type, normal(1024, 2, 0.02f));
    float[] twice = roundTrip(type, once);
    // Numbers on a grid of levels come back on it, but for the rounding of scales.
    assertTrue(
        squaredError(once, twice) <= 1e-4 * squaredError(once, new float[once.length]),
        type + ": " + squaredError(once, twice));
  }

  @ParameterizedTest
  @MethodSource("quantised")
  void keepsZerosAndConstants(TensorType type) {
    assertArrayEquals(new float[256], roundTrip(type, new float[256]), type.toString());
    for (float constant : new float[] {1, -1, 0.375f, -1000}) {
      float[] x = new float[256];
      Arrays.fill(x, constant);
      float[] y = roundTrip(type, x);
      assertEquals(constant, y[77], Math.abs(constant) * 0.15f, type.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("quantised")
  void servesEveryMagnitudeThatItsScaleCanHold(TensorType type) {
    for (float magnitude : new float[] {1e-3f, 1, 1e3f}) {
      float[] x = normal(512, 5, magnitude);
      double relative = squaredError(x, roundTrip(type, x)) / squaredError(x, new float[x.length]);
      assertTrue(relative < 0.08, type + " at " + magnitude + ": " + relative);
    }
  }

  @ParameterizedTest
  @MethodSource("quantised")
  void survivesNumbersNextToNothing(TensorType type) {
    for (float tiny : new float[] {1e-6f, 1e-8f, 1e-30f, Float.MIN_VALUE}) {
      float[] x = normal(256, 7, tiny);
      for (float y : roundTrip(type, x)) {
        assertTrue(Math.abs(y) <= 8 * tiny, type + " makes " + y + " of numbers about " + tiny);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("quantised")
  void takesOneLargeNumberAmongSmallOnes(TensorType type) {
    float[] x = normal(256, 8, 1e-3f);
    x[100] = 50;
    float[] y = roundTrip(type, x);
    assertEquals(50, y[100], 5, type.toString());
  }

  @ParameterizedTest
  @MethodSource("quantised")
  void refusesNumbersThatAreNotFinite(TensorType type) {
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] x = new float[512];
      x[300] = bad;
      IllegalArgumentException refusal =
          assertThrows(IllegalArgumentException.class, () -> roundTrip(type, x));
      assertEquals(
          "element 300 is " + bad + ", expected a finite number to quantise to " + type,
          refusal.getMessage());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "Q4_0", "Q4_1", "Q8_0", "Q4_K", "Q5_K", "Q6_K", "BF16"})
  void refusesNumbersBeyondItsScale(TensorType type) {
    float[] x = normal(512, 9, 1);
    x[300] = Float.MAX_VALUE;
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> roundTrip(type, x));
    assertTrue(refusal.getMessage().contains("too large for " + type), refusal.getMessage());
  }

  @ParameterizedTest
  @EnumSource(names = {"I8", "I16", "I32", "I64"})
  void saysThatIntegersAreNotQuantised(TensorType type) {
    assertFalse(BlockCodec.of(type).quantises());
    UnsupportedOperationException refusal =
        assertThrows(UnsupportedOperationException.class, () -> roundTrip(type, new float[1]));
    assertEquals("quantising to " + type + " is not supported", refusal.getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 31, 33, 255})
  void refusesPartOfABlock(int elements) {
    BlockCodec codec = BlockCodec.of(TensorType.Q4_K);
    MemorySegment memory = MemorySegment.ofArray(new byte[1000]);
    assertThrows(
        IllegalArgumentException.class,
        () -> codec.quantise(new float[1000], 0, elements, memory, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> codec.dequantise(memory, 0, new float[1000], 0, elements));
  }

  @Test
  void writesOnlyWhatItWasAskedTo() {
    BlockCodec codec = BlockCodec.of(TensorType.Q6_K);
    byte[] memory = new byte[1000];
    Arrays.fill(memory, (byte) 0x55);
    codec.quantise(normal(1024, 3, 1), 256, 512, MemorySegment.ofArray(memory), 3);
    for (int i = 0; i < memory.length; i++) {
      assertTrue((i >= 3 && i < 3 + 420) || memory[i] == 0x55, "byte " + i);
    }
  }

  private static float[] roundTrip(TensorType type, float[] x) {
    BlockCodec codec = BlockCodec.of(type);
    MemorySegment memory = MemorySegment.ofArray(new byte[(int) type.bytes(x.length)]);
    codec.quantise(x, 0, x.length, memory, 0);
    float[] y = new float[x.length];
    codec.dequantise(memory, 0, y, 0, y.length);
    return y;
  }

  private static float[] normal(int count, long seed, float deviation) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (float) random.nextGaussian() * deviation;
    }
    return x;
  }

  private static double squaredError(float[] x, float[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      double difference = x[i] - (double) y[i];
      sum += difference * difference;
    }
    return sum;
  }
}
