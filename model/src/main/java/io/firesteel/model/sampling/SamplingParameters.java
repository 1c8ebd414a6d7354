package io.firesteel.model.sampling;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * How the next token is chosen. The chain runs in this order, which is llama.cpp's: logit bias,
 * penalties, DRY, top-n-sigma, top-k, typical, top-p, min-p, XTC, temperature, and then the draw.
 *
 * <pre>{@code
 * SamplingParameters.builder().temperature(0.7f).topP(0.8f).topK(20).minP(0).seed(42).build()
 * }</pre>
 *
 * <p>The same parameters and the same logits give the same tokens; take another seed for others.
 *
 * @param logitBias what is added to chosen tokens' logits
 * @param penalties penalties for tokens that occurred lately
 * @param dry penalty for tokens that would continue a repetition
 * @param topNSigma standard deviations below the largest logit that are kept; 0 for all
 * @param topK number of most likely tokens that are kept; 0 for all
 * @param typicalP probability of the locally typical tokens that are kept; 1 for all
 * @param topP probability of the nucleus that is kept; greater than 0, 1 for all
 * @param minP least probability relative to the most likely token's, 0 to 1; 0 for all
 * @param xtc exclusion of top choices
 * @param temperature at least 0; 0 for the most likely token
 * @param temperatureRange range of a dynamic temperature; 0 for a fixed one
 * @param temperatureExponent exponent of a dynamic temperature; greater than 0
 * @param seed of the draws
 */
public record SamplingParameters(
    LogitBias logitBias,
    Penalties penalties,
    Dry dry,
    float topNSigma,
    int topK,
    float typicalP,
    float topP,
    float minP,
    Xtc xtc,
    float temperature,
    float temperatureRange,
    float temperatureExponent,
    long seed) {

  /** Draws from the model's own distribution. */
  private static final SamplingParameters PLAIN =
      new SamplingParameters(
          new LogitBias(Map.of()), Penalties.NONE, Dry.NONE, 0, 0, 1, 1, 0, Xtc.NONE, 1, 0, 1, 0);

  /** Always the most likely token, the lower id among equals. */
  public static final SamplingParameters GREEDY = PLAIN.toBuilder().temperature(0).build();

  /** llama.cpp's defaults: temperature 0.8, top-k 40, top-p 0.95, min-p 0.05; seed 0. */
  public static final SamplingParameters DEFAULT =
      PLAIN.toBuilder().temperature(0.8f).topK(40).topP(0.95f).minP(0.05f).build();

  /** Checks the ranges stated above. */
  public SamplingParameters {
    Objects.requireNonNull(logitBias, "logitBias");
    Objects.requireNonNull(penalties, "penalties");
    Objects.requireNonNull(dry, "dry");
    Objects.requireNonNull(xtc, "xtc");
    stages(
        logitBias,
        penalties,
        dry,
        topNSigma,
        topK,
        typicalP,
        topP,
        minP,
        xtc,
        temperature,
        temperatureRange,
        temperatureExponent);
  }

  private static List<SamplingStage> stages(
      LogitBias logitBias,
      Penalties penalties,
      Dry dry,
      float topNSigma,
      int topK,
      float typicalP,
      float topP,
      float minP,
      Xtc xtc,
      float temperature,
      float temperatureRange,
      float temperatureExponent) {
    return List.of(
        logitBias,
        penalties,
        dry,
        new TopNSigma(topNSigma),
        new TopK(topK),
        new Typical(typicalP),
        new TopP(topP),
        new MinP(minP),
        xtc,
        new Temperature(temperature, temperatureRange, temperatureExponent));
  }

  /** The stages that change anything, in order. */
  public List<SamplingStage> chain() {
    return stages(
            logitBias,
            penalties,
            dry,
            topNSigma,
            topK,
            typicalP,
            topP,
            minP,
            xtc,
            temperature,
            temperatureRange,
            temperatureExponent)
        .stream()
        .filter(SamplingStage::active)
        .toList();
  }

  /**
   * Whether the token with the largest logit, after bias and penalties, is always chosen; the other
   * stages then need not run.
   */
  public boolean greedy() {
    return temperature == 0 && temperatureRange == 0 && typicalP == 1 && !xtc.active();
  }

  /** Whether the token with the largest logit is always chosen, whatever came before. */
  public boolean plainGreedy() {
    return greedy() && !logitBias.active() && !penalties.active() && !dry.active();
  }

  /** How many of the latest tokens the chain looks at; -1 for all. */
  public int lookBack() {
    int forPenalties = penalties.active() ? penalties.lastTokens() : 0;
    int forDry = dry.active() ? dry.lastTokens() : 0;
    return Math.min(forPenalties, forDry) < 0 ? -1 : Math.max(forPenalties, forDry);
  }

  /** Begins with {@link #DEFAULT}. */
  public static Builder builder() {
    return DEFAULT.toBuilder();
  }

  /** Begins with these parameters. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Collects parameters; ranges are checked by {@link #build}. */
  public static final class Builder {
    private LogitBias logitBias;
    private Penalties penalties;
    private Dry dry;
    private float topNSigma;
    private int topK;
    private float typicalP;
    private float topP;
    private float minP;
    private Xtc xtc;
    private float temperature;
    private float temperatureRange;
    private float temperatureExponent;
    private long seed;

    private Builder(SamplingParameters start) {
      logitBias = start.logitBias;
      penalties = start.penalties;
      dry = start.dry;
      topNSigma = start.topNSigma;
      topK = start.topK;
      typicalP = start.typicalP;
      topP = start.topP;
      minP = start.minP;
      xtc = start.xtc;
      temperature = start.temperature;
      temperatureRange = start.temperatureRange;
      temperatureExponent = start.temperatureExponent;
      seed = start.seed;
    }

    /** Adds numbers to the logits of token ids; negative infinity bans a token. */
    public Builder logitBias(Map<Integer, Float> bias) {
      logitBias = new LogitBias(bias);
      return this;
    }

    /** Repetition, frequency and presence penalties. */
    public Builder penalties(Penalties value) {
      penalties = value;
      return this;
    }

    /** Divides the logits of tokens among the latest {@code lastTokens}; 1 for none. */
    public Builder repeatPenalty(float repeat, int lastTokens) {
      penalties = new Penalties(lastTokens, repeat, penalties.frequency(), penalties.presence());
      return this;
    }

    /** Penalty for tokens that would continue a repetition. */
    public Builder dry(Dry value) {
      dry = value;
      return this;
    }

    /** DRY with the usual base and allowed length. */
    public Builder dry(float multiplier, Set<Integer> breakers) {
      dry = new Dry(multiplier, dry.base(), dry.allowedLength(), dry.lastTokens(), breakers);
      return this;
    }

    /** Standard deviations below the largest logit that are kept; 0 for all. */
    public Builder topNSigma(float n) {
      topNSigma = n;
      return this;
    }

    /** Number of most likely tokens that are kept; 0 for all. */
    public Builder topK(int k) {
      topK = k;
      return this;
    }

    /** Probability of the locally typical tokens that are kept; 1 for all. */
    public Builder typicalP(float p) {
      typicalP = p;
      return this;
    }

    /** Probability of the nucleus that is kept; 1 for all. */
    public Builder topP(float p) {
      topP = p;
      return this;
    }

    /** Least probability relative to the most likely token's; 0 for all. */
    public Builder minP(float p) {
      minP = p;
      return this;
    }

    /** Exclusion of top choices; probability 0 for none. */
    public Builder xtc(float probability, float threshold) {
      xtc = new Xtc(probability, threshold);
      return this;
    }

    /** A fixed temperature; 0 for the most likely token. */
    public Builder temperature(float value) {
      temperature = value;
      temperatureRange = 0;
      return this;
    }

    /**
     * A temperature that follows the entropy within {@code value - range} and {@code value +
     * range}.
     */
    public Builder dynamicTemperature(float value, float range, float exponent) {
      temperature = value;
      temperatureRange = range;
      temperatureExponent = exponent;
      return this;
    }

    /** Seed of the draws. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /**
     * The parameters.
     *
     * @throws IllegalArgumentException if one is out of its range; says which
     */
    public SamplingParameters build() {
      return new SamplingParameters(
          logitBias,
          penalties,
          dry,
          topNSigma,
          topK,
          typicalP,
          topP,
          minP,
          xtc,
          temperature,
          temperatureRange,
          temperatureExponent,
          seed);
    }
  }
}
