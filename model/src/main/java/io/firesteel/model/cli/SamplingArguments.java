package io.firesteel.model.cli;

import io.firesteel.model.sampling.Penalties;
import io.firesteel.model.sampling.SamplingParameters;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that say how the next token is chosen. */
final class SamplingArguments {
  @Option(
      names = {"--temp", "--temperature"},
      paramLabel = "T",
      description = "Temperature, 0 for the most likely token each time; default: 0.8.")
  private Float temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Keep K tokens, 0 for all; default: 40.")
  private Integer topK;

  @Option(names = "--top-p", paramLabel = "P", description = "Nucleus, 1 for all; default: 0.95.")
  private Float topP;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description = "Least probability relative to the likeliest token's; default: 0.05.")
  private Float minP;

  @Option(names = "--typical", paramLabel = "P", description = "Locally typical; default: 1, off.")
  private Float typical;

  @Option(
      names = "--repeat-penalty",
      paramLabel = "R",
      description = "Penalty for repeated tokens; default: 1, off.")
  private Float repeatPenalty;

  @Option(
      names = "--repeat-last-n",
      paramLabel = "N",
      description = "Tokens that penalties look back on, -1 for all; default: 64.")
  private Integer repeatLast;

  @Option(names = "--frequency-penalty", paramLabel = "F", description = "Default: 0, off.")
  private Float frequencyPenalty;

  @Option(names = "--presence-penalty", paramLabel = "F", description = "Default: 0, off.")
  private Float presencePenalty;

  @Option(
      names = "--logit-bias",
      paramLabel = "ID=BIAS",
      description = "Added to a token's logit; may be given several times.")
  private Map<Integer, Float> logitBias = new HashMap<>();

  @Option(names = "--seed", paramLabel = "N", description = "Seed of the draws; default: random.")
  private Long seed;

  /**
   * The parameters.
   *
   * @param randomSeed taken where the user gave none
   * @throws CliException if one is out of its range
   */
  SamplingParameters parameters(long randomSeed) {
    SamplingParameters usual = SamplingParameters.DEFAULT;
    Penalties none = Penalties.NONE;
    try {
      return usual.toBuilder()
          .logitBias(logitBias)
          .penalties(
              new Penalties(
                  or(repeatLast, none.lastTokens()),
                  or(repeatPenalty, none.repeat()),
                  or(frequencyPenalty, none.frequency()),
                  or(presencePenalty, none.presence())))
          .topK(or(topK, usual.topK()))
          .typicalP(or(typical, usual.typicalP()))
          .topP(or(topP, usual.topP()))
          .minP(or(minP, usual.minP()))
          .temperature(or(temperature, usual.temperature()))
          .seed(or(seed, randomSeed))
          .build();
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e.getMessage(), "see --help");
    }
  }

  private static <T> T or(T given, T usual) {
    return given == null ? usual : given;
  }
}
