package io.firesteel.model.synthetic;

/**
 * Frequency factors of Llama 3.1: long wavelengths are stretched, short ones kept, those between
 * blended.
 *
 * @param factor how much long wavelengths are stretched
 * @param originalContext positions that the model was first trained for
 */
public record RopeScaling(double factor, int originalContext) {
  private static final double LOW = 1;
  private static final double HIGH = 4;

  /**
   * What each rotary frequency is divided by.
   *
   * @param base RoPE base
   * @param headSize elements that are rotated
   * @return {@code headSize / 2} factors
   */
  float[] factors(double base, int headSize) {
    float[] factors = new float[headSize / 2];
    for (int i = 0; i < factors.length; i++) {
      double turns = originalContext * Math.pow(base, -2.0 * i / headSize) / (2 * Math.PI);
      double share = Math.clamp((turns - LOW) / (HIGH - LOW), 0, 1);
      factors[i] = (float) (1 / ((1 - share) / factor + share));
    }
    return factors;
  }
}
