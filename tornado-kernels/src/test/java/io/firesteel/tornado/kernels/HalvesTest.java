package io.firesteel.tornado.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Half floats by arithmetic agree with Java's own conversions, bit for bit. */
class HalvesTest {
  private static final int INFINITE = 0x7C00;

  @Test
  void readsEveryFiniteHalf() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      if ((bits & INFINITE) != INFINITE) {
        // The sum with 0 makes 0 of -0.
        assertEquals(Float.float16ToFloat((short) bits) + 0f, Halves.toFloat(bits), "bits " + bits);
      }
    }
  }

  @Test
  void roundsBackToEveryFiniteHalf() {
    for (int bits = 1; bits < 1 << 16; bits++) {
      if ((bits & INFINITE) != INFINITE && bits != 0x8000) {
        assertEquals(bits, Halves.ofFloat(Float.float16ToFloat((short) bits)));
      }
    }
  }

  @Test
  void roundsToTheNearestWithTiesToEven() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 200_000; i++) {
      int half = random.nextInt(INFINITE - 1);
      float low = Float.float16ToFloat((short) half);
      float high = Float.float16ToFloat((short) (half + 1));
      check(low + (high - low) * random.nextFloat());
      check((low + high) / 2);
    }
  }

  @Test
  void goesToInfinityBeyondTheLargest() {
    assertEquals(INFINITE, Halves.ofFloat(70_000));
    assertEquals(INFINITE | 0x8000, Halves.ofFloat(-1e30f));
    check(65_519);
    check(65_520);
  }

  private static void check(float value) {
    assertEquals(Float.floatToFloat16(value) & 0xFFFF, Halves.ofFloat(value), "of " + value);
  }
}
