package io.firesteel.tornado.kernels;

/**
 * The exponential function in double precision, which backends lack or take from single precision:
 * eˣ = 2ⁿ · eʳ with r = x - n ln 2, and eʳ as its Taylor series.
 */
final class Exponential {
  private static final double LOG2_E = 1.4426950408889634;
  private static final double LN2_HIGH = 0.6931471803691238;
  private static final double LN2_LOW = 1.9082149292705877e-10;
  private static final double LOWEST = -700;

  private Exponential() {}

  /**
   * eˣ with an error of some 2⁻⁵² of it; 0 below e⁻⁷⁰⁰.
   *
   * @param x at most 0; what is larger counts as 0
   */
  static double of(double x) {
    double low = x < LOWEST ? LOWEST : x;
    double bounded = low > 0 ? 0 : low;
    int n = (int) (0.5 - bounded * LOG2_E);
    double r = bounded + n * LN2_HIGH + n * LN2_LOW;
    double value = series(r) * halved(n);
    return x < LOWEST ? 0 : value;
  }

  /** eʳ for r of at most ln 2 / 2 in size: the first term that is left out is below 2⁻⁵⁷. */
  private static double series(double r) {
    double sum = 1 + r * (1.0 / 13);
    sum = 1 + r * sum * (1.0 / 12);
    sum = 1 + r * sum * (1.0 / 11);
    sum = 1 + r * sum * (1.0 / 10);
    sum = 1 + r * sum * (1.0 / 9);
    sum = 1 + r * sum * (1.0 / 8);
    sum = 1 + r * sum * (1.0 / 7);
    sum = 1 + r * sum * (1.0 / 6);
    sum = 1 + r * sum * (1.0 / 5);
    sum = 1 + r * sum * (1.0 / 4);
    sum = 1 + r * sum * (1.0 / 3);
    sum = 1 + r * sum * (1.0 / 2);
    return 1 + r * sum;
  }

  /** 2⁻ⁿ for 0 to 1,023. */
  private static double halved(int n) {
    double value = 1;
    double factor = 0.5;
    for (int bit = 0; bit < 10; bit++) {
      value *= (n >> bit & 1) == 1 ? factor : 1;
      factor *= factor;
    }
    return value;
  }
}
