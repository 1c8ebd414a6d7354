package io.firesteel.model;

import io.firesteel.model.grammar.Grammar;
import io.firesteel.model.sampling.SamplingParameters;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What to generate and when to stop.
 *
 * @param sampling how each token is chosen
 * @param maxTokens largest number of tokens, at least 1
 * @param stopStrings texts that end the answer and are not part of it
 * @param stopTokens ids that end the answer and are not part of its text, besides those with which
 *     the model ends by itself
 * @param ignoreEnd whether the model's own end tokens do not end the answer
 * @param showSpecial whether control tokens show as their texts
 * @param logProbabilities number of most likely tokens to report with each token; 0 for the chosen
 *     one's probability alone, -1 for none
 * @param grammar the form that the answer must have; empty for any. With a limit of tokens the
 *     answer is closed in time, so that it has the form in any case
 * @param deadline time after which the answer ends; empty for none
 */
public record GenerationOptions(
    SamplingParameters sampling,
    int maxTokens,
    List<String> stopStrings,
    Set<Integer> stopTokens,
    boolean ignoreEnd,
    boolean showSpecial,
    int logProbabilities,
    Optional<Grammar> grammar,
    Optional<Duration> deadline) {
  /** {@link SamplingParameters#DEFAULT} until the model ends by itself. */
  public static final GenerationOptions DEFAULT =
      new GenerationOptions(
          SamplingParameters.DEFAULT,
          Integer.MAX_VALUE,
          List.of(),
          Set.of(),
          false,
          false,
          -1,
          Optional.empty(),
          Optional.empty());

  /** The most likely token each time, until the model ends by itself. */
  public static final GenerationOptions GREEDY =
      DEFAULT.toBuilder().sampling(SamplingParameters.GREEDY).build();

  /** Takes copies and checks the ranges stated above. */
  public GenerationOptions {
    Objects.requireNonNull(sampling, "sampling");
    Objects.requireNonNull(grammar, "grammar");
    Objects.requireNonNull(deadline, "deadline");
    stopStrings = List.copyOf(stopStrings);
    stopTokens = Set.copyOf(stopTokens);
    if (maxTokens < 1) {
      throw new IllegalArgumentException("maxTokens is " + maxTokens + ", expected at least 1");
    }
    if (stopStrings.contains("")) {
      throw new IllegalArgumentException("a stop string is empty, expected at least 1 character");
    }
    if (logProbabilities < -1) {
      throw new IllegalArgumentException(
          "logProbabilities is " + logProbabilities + ", expected -1 (none) or more");
    }
  }

  /** Begins with {@link #DEFAULT}. */
  public static Builder builder() {
    return DEFAULT.toBuilder();
  }

  /** Begins with these options. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Collects options. */
  public static final class Builder {
    private SamplingParameters sampling;
    private int maxTokens;
    private List<String> stopStrings;
    private Set<Integer> stopTokens;
    private boolean ignoreEnd;
    private boolean showSpecial;
    private int logProbabilities;
    private Optional<Grammar> grammar;
    private Optional<Duration> deadline;

    private Builder(GenerationOptions start) {
      sampling = start.sampling;
      maxTokens = start.maxTokens;
      stopStrings = start.stopStrings;
      stopTokens = start.stopTokens;
      ignoreEnd = start.ignoreEnd;
      showSpecial = start.showSpecial;
      logProbabilities = start.logProbabilities;
      grammar = start.grammar;
      deadline = start.deadline;
    }

    /** How each token is chosen. */
    public Builder sampling(SamplingParameters parameters) {
      sampling = parameters;
      return this;
    }

    /** Largest number of tokens. */
    public Builder maxTokens(int count) {
      maxTokens = count;
      return this;
    }

    /** Texts that end the answer and are not part of it. */
    public Builder stopStrings(String... texts) {
      stopStrings = List.of(texts);
      return this;
    }

    /** Ids that end the answer, besides those with which the model ends by itself. */
    public Builder stopTokens(int... ids) {
      Set<Integer> set = new TreeSet<>();
      for (int id : ids) {
        set.add(id);
      }
      stopTokens = set;
      return this;
    }

    /** Whether to go on after the model's own end tokens. */
    public Builder ignoreEnd(boolean ignore) {
      ignoreEnd = ignore;
      return this;
    }

    /** Whether control tokens show as their texts. */
    public Builder showSpecial(boolean show) {
      showSpecial = show;
      return this;
    }

    /** Number of most likely tokens to report with each token; -1 for no probabilities. */
    public Builder logProbabilities(int top) {
      logProbabilities = top;
      return this;
    }

    /** The form that the answer must have. */
    public Builder grammar(Grammar form) {
      grammar = Optional.of(form);
      return this;
    }

    /** Time after which the answer ends, from its request on. */
    public Builder deadline(Duration time) {
      deadline = Optional.of(time);
      return this;
    }

    /** The options. */
    public GenerationOptions build() {
      return new GenerationOptions(
          sampling,
          maxTokens,
          stopStrings,
          stopTokens,
          ignoreEnd,
          showSpecial,
          logProbabilities,
          grammar,
          deadline);
    }
  }
}
