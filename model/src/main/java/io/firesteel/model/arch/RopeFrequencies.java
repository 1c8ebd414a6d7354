package io.firesteel.model.arch;

import io.firesteel.loader.Metadata;
import io.firesteel.model.ops.Rope;

/**
 * Rotation frequencies from a file's metadata: {@code base^(-2i/n)}, divided by the file's factors
 * where it has some, then scaled linearly or by YaRN (Peng et al., "YaRN: Efficient Context Window
 * Extension of Large Language Models", 2023) as llama.cpp does.
 */
final class RopeFrequencies {
  private static final double DEFAULT_BASE = 10000;

  private RopeFrequencies() {}

  /**
   * The rotation of a model.
   *
   * @param prefix the architecture's name and a dot
   * @param factors one divisor for each frequency, or empty for none
   */
  static Rope of(
      Metadata metadata,
      String prefix,
      Rope.Pairing pairing,
      int dimensions,
      int contextLength,
      float[] factors) {
    double base = metadata.floating(prefix + "rope.freq_base", DEFAULT_BASE);
    double[] frequencies = new double[dimensions / 2];
    for (int i = 0; i < frequencies.length; i++) {
      double factor = factors.length == 0 ? 1 : factors[i];
      frequencies[i] = Math.pow(base, -2.0 * i / dimensions) / factor;
    }
    String key = prefix + "rope.scaling.type";
    return switch (metadata.string(key, "linear")) {
      case "none" -> rope(pairing, frequencies, 1);
      case "linear" -> linear(pairing, frequencies, scale(metadata, prefix));
      case "yarn" -> {
        double trained =
            metadata.integer(prefix + "rope.scaling.original_context_length", contextLength);
        yield yarn(metadata, prefix, pairing, frequencies, base, trained);
      }
      default ->
          throw metadata.error(
              key, "is \"" + metadata.string(key) + "\", expected none, linear or yarn");
    };
  }

  private static double scale(Metadata metadata, String prefix) {
    double factor =
        metadata.floating(
            prefix + "rope.scaling.factor", metadata.floating(prefix + "rope.scale_linear", 0));
    return factor == 0 ? 1 : 1 / factor;
  }

  private static Rope linear(Rope.Pairing pairing, double[] frequencies, double scale) {
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] *= scale;
    }
    return rope(pairing, frequencies, 1);
  }

  private static Rope yarn(
      Metadata metadata,
      String prefix,
      Rope.Pairing pairing,
      double[] frequencies,
      double base,
      double trained) {
    double scale = scale(metadata, prefix);
    double betaFast = metadata.floating(prefix + "rope.scaling.yarn_beta_fast", 32);
    double betaSlow = metadata.floating(prefix + "rope.scaling.yarn_beta_slow", 1);
    double mix = metadata.floating(prefix + "rope.scaling.yarn_ext_factor", 1);
    int dimensions = 2 * frequencies.length;
    double low = Math.max(0, Math.floor(correction(dimensions, trained, betaFast, base)));
    double high =
        Math.min(dimensions - 1, Math.ceil(correction(dimensions, trained, betaSlow, base)));
    for (int i = 0; i < frequencies.length; i++) {
      double ramp = 1 - Math.clamp((i - low) / Math.max(0.001, high - low), 0.0, 1.0);
      double kept = ramp * mix;
      frequencies[i] = frequencies[i] * scale * (1 - kept) + frequencies[i] * kept;
    }
    double magnitude = metadata.floating(prefix + "rope.scaling.attn_factor", 1);
    return rope(
        pairing, frequencies, mix == 0 ? magnitude : magnitude * (1 - 0.1 * Math.log(scale)));
  }

  /** The pair that turns {@code beta} times over the trained context. */
  private static double correction(int dimensions, double trained, double beta, double base) {
    return dimensions * Math.log(trained / (beta * 2 * Math.PI)) / (2 * Math.log(base));
  }

  private static Rope rope(Rope.Pairing pairing, double[] frequencies, double magnitude) {
    float[] rounded = new float[frequencies.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) frequencies[i];
    }
    return new Rope(pairing, rounded, (float) magnitude);
  }
}
