package io.firesteel.model.sampling;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Chooses tokens. A choice depends on the logits, the history and the number of the draw, and on
 * nothing that the sampler remembers: a sequence that is copied, rewound or restored goes on as it
 * would have, if its history and its number of draws are.
 *
 * <p>The draw takes the candidates that the chain has left in rising order of id, their weights
 * {@code exp(logit - largest logit)} in double precision, and chooses the first whose cumulative
 * weight exceeds {@link Draw#token} times the sum.
 *
 * <p>An instance holds scratch memory of 20 bytes for each token of the vocabulary and is not safe
 * for use by several threads at once.
 */
public final class Sampler {
  private final List<SamplingStage> chain;
  private final long seed;
  private final int vocabulary;
  private final boolean plainGreedy;
  private Candidates scratch;

  /** A sampler for parameters, with the chain in the order stated there. */
  public Sampler(SamplingParameters parameters, int vocabulary) {
    this(shortened(parameters), parameters.seed(), vocabulary);
  }

  /**
   * A sampler for a chain of one's own.
   *
   * @param chain the stages in the order in which they run
   * @param seed of the draws
   * @param vocabulary number of logits in a row, at least 1
   */
  public Sampler(List<SamplingStage> chain, long seed, int vocabulary) {
    Range.require("vocabulary", vocabulary, 1, Integer.MAX_VALUE);
    this.chain = chain.stream().filter(SamplingStage::active).toList();
    this.seed = seed;
    this.vocabulary = vocabulary;
    this.plainGreedy =
        this.chain.size() == 1
            && this.chain.getFirst() instanceof Temperature(float value, float range, _)
            && value == 0
            && range == 0;
  }

  // What comes between the penalties and a temperature of 0 keeps the best token in any case.
  private static List<SamplingStage> shortened(SamplingParameters parameters) {
    return parameters.greedy()
        ? List.of(
            parameters.logitBias(),
            parameters.penalties(),
            parameters.dry(),
            new Temperature(0, 0, 1))
        : parameters.chain();
  }

  /**
   * Chooses the next token.
   *
   * @param logits the row begins at {@code offset}; not changed
   * @param history the sequence so far, prompt included, for the penalties
   * @param draw number of tokens that the sequence has drawn before
   * @throws InvalidLogitsException if a logit is NaN or positive infinity, or none is finite
   */
  public int sample(float[] logits, int offset, History history, long draw) {
    Objects.checkFromIndexSize(offset, vocabulary, logits.length);
    return plainGreedy
        ? best(logits, offset)
        : draw(run(logits, offset, history, draw), Draw.of(seed, draw).token());
  }

  /**
   * Chooses the next token among those that a mask allows, as if the logits of all others were
   * negative infinity.
   *
   * @param allowed of the sampler's vocabulary, with at least one token
   * @see #sample(float[], int, History, long)
   */
  public int sample(float[] logits, int offset, History history, long draw, TokenMask allowed) {
    Objects.checkFromIndexSize(offset, vocabulary, logits.length);
    if (allowed.vocabulary() != vocabulary || allowed.count() == 0) {
      throw new IllegalArgumentException(
          "the mask allows %s, expected some of %,d tokens".formatted(allowed, vocabulary));
    }
    if (plainGreedy) {
      return best(logits, offset, allowed);
    }
    candidates().load(logits, offset, allowed);
    return draw(chain(history, draw), Draw.of(seed, draw).token());
  }

  /**
   * The tokens that {@link #sample} would choose from, with their probabilities after the whole
   * chain, in rising order of id.
   */
  public List<TokenProbability> distribution(
      float[] logits, int offset, History history, long draw) {
    Objects.checkFromIndexSize(offset, vocabulary, logits.length);
    Candidates candidates = run(logits, offset, history, draw);
    double logTotal = Math.log(candidates.weigh());
    double largest = candidates.logit(candidates.best());
    List<TokenProbability> distribution = new ArrayList<>(candidates.size());
    for (int i = 0; i < candidates.size(); i++) {
      distribution.add(
          new TokenProbability(candidates.id(i), candidates.logit(i) - largest - logTotal));
    }
    return distribution;
  }

  private Candidates run(float[] logits, int offset, History history, long draw) {
    candidates().load(logits, offset);
    return chain(history, draw);
  }

  private Candidates candidates() {
    if (scratch == null) {
      scratch = new Candidates(vocabulary);
    }
    return scratch;
  }

  private Candidates chain(History history, long draw) {
    Draw chance = Draw.of(seed, draw);
    for (SamplingStage stage : chain) {
      stage.apply(scratch, history, chance);
    }
    return scratch;
  }

  private static int draw(Candidates candidates, double uniform) {
    double bar = uniform * candidates.weigh();
    double cumulative = 0;
    for (int i = 0; i < candidates.size(); i++) {
      cumulative += candidates.weight(i);
      if (cumulative > bar) {
        return candidates.id(i);
      }
    }
    // Unreachable while u < 1 and both sums are formed alike; the best is right in any case.
    return candidates.id(candidates.best());
  }

  private static int best(float[] logits, int offset, TokenMask allowed) {
    int best = -1;
    float largest = Float.NEGATIVE_INFINITY;
    for (int token = allowed.next(0); token >= 0; token = allowed.next(token + 1)) {
      float logit = logits[offset + token];
      if (!(logit < Float.POSITIVE_INFINITY)) {
        throw Candidates.invalid(token, logit);
      }
      if (logit > largest) {
        largest = logit;
        best = token;
      }
    }
    if (best < 0) {
      throw Candidates.noneLeft();
    }
    return best;
  }

  private int best(float[] logits, int offset) {
    int best = 0;
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < vocabulary; i++) {
      float logit = logits[offset + i];
      if (!(logit <= largest)) {
        if (!(logit < Float.POSITIVE_INFINITY)) {
          throw Candidates.invalid(i, logit);
        }
        largest = logit;
        best = i;
      }
    }
    if (largest == Float.NEGATIVE_INFINITY) {
      throw Candidates.noneLeft();
    }
    return best;
  }
}
