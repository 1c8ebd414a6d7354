package io.firesteel.loader.blocks;

import java.util.Arrays;

/** The whole numbers that a quant can stand for, before scaling, in rising order. */
sealed interface Levels {
  /** The largest magnitude among them. */
  float reach();

  /** The level nearest to a value. */
  float nearest(float value);

  /** The index of the level nearest to a value. */
  int index(float value);

  /** All whole numbers from {@code low} to {@code high}. */
  record Uniform(int low, int high) implements Levels {
    @Override
    public float reach() {
      return Math.max(-low, high);
    }

    @Override
    public float nearest(float value) {
      return Math.min(high, Math.max(low, Math.round(value)));
    }

    @Override
    public int index(float value) {
      return Math.min(high, Math.max(low, Math.round(value))) - low;
    }
  }

  /** Levels at uneven distances; a quant is an index into {@code values}. */
  final class Table implements Levels {
    private final float[] values;
    private final float[] middles;

    /** Levels in rising order. */
    Table(int... values) {
      this.values = new float[values.length];
      this.middles = new float[values.length - 1];
      for (int i = 0; i < values.length; i++) {
        this.values[i] = values[i];
        if (i > 0) {
          middles[i - 1] = (values[i - 1] + values[i]) / 2f;
        }
      }
    }

    @Override
    public float reach() {
      return Math.max(-values[0], values[values.length - 1]);
    }

    @Override
    public float nearest(float value) {
      return values[index(value)];
    }

    @Override
    public int index(float value) {
      int found = Arrays.binarySearch(middles, value);
      return found < 0 ? -found - 1 : found;
    }
  }
}
