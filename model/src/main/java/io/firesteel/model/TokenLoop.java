package io.firesteel.model;

import io.firesteel.model.engine.EngineException;
import io.firesteel.model.sampling.LogProbabilities;
import io.firesteel.model.sampling.Sampler;
import io.firesteel.model.tokenizer.StreamingDecoder;
import io.firesteel.model.tokenizer.Tokenizer;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;

/** Draws one token after the other and decides where an answer ends. */
final class TokenLoop {
  private final Session session;
  private final Sequence sequence;
  private final Tokenizer tokenizer;
  private final GenerationOptions options;
  private final long epoch;
  private final Sampler sampler;
  private final StreamingDecoder decoder;
  private final StopFilter filter;
  private final int[] stopTokens;
  private final int promptTokens;
  private final long promptNanos;
  private int generated;
  private long firstNanos;
  private long laterNanos;
  private volatile boolean cancelled;
  private FinishReason finished;

  TokenLoop(
      Session session,
      Sequence sequence,
      Tokenizer tokenizer,
      GenerationOptions options,
      long epoch,
      int promptTokens,
      long promptNanos) {
    this.session = session;
    this.sequence = sequence;
    this.tokenizer = tokenizer;
    this.options = options;
    this.epoch = epoch;
    this.promptTokens = promptTokens;
    this.promptNanos = promptNanos;
    sampler = new Sampler(options.sampling(), sequence.vocabulary());
    decoder = tokenizer.streamingDecoder(options.showSpecial());
    filter = new StopFilter(options.stopStrings());
    IntStream own = options.ignoreEnd() ? IntStream.empty() : ends();
    IntStream asked = options.stopTokens().stream().mapToInt(Integer::intValue);
    stopTokens = IntStream.concat(own, asked).distinct().toArray();
  }

  private IntStream ends() {
    return tokenizer.specialTokens().endOfGeneration();
  }

  FinishReason finished() {
    return finished;
  }

  void cancel() {
    cancelled = true;
    session.cancel(epoch);
  }

  Statistics statistics() {
    return new Statistics(
        promptTokens,
        Duration.ofNanos(promptNanos),
        generated,
        Duration.ofNanos(firstNanos),
        Duration.ofNanos(laterNanos));
  }

  /** The next piece, or null if the answer has ended without one. */
  Piece advance() {
    return session.during(
        epoch,
        () -> {
          long start = System.nanoTime();
          int token = cancelled ? Sequence.CANCELLED : draw();
          if (token == Sequence.CANCELLED) {
            finish(FinishReason.CANCELLED);
            return null;
          }
          Optional<LogProbabilities> probabilities = probabilities(token);
          count(System.nanoTime() - start);
          return new Piece(token, accept(token), probabilities);
        });
  }

  private int draw() {
    try {
      return sequence.next(
          sampler,
          options.sampling(),
          options.maxTokens() - generated,
          stopTokens,
          options.logProbabilities() >= 0);
    } catch (EngineException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<LogProbabilities> probabilities(int token) {
    return options.logProbabilities() < 0
        ? Optional.empty()
        : Optional.of(
            LogProbabilities.of(
                sequence.logits(), 0, sequence.vocabulary(), token, options.logProbabilities()));
  }

  private void count(long nanos) {
    if (generated++ == 0) {
      firstNanos = nanos;
    } else {
      laterNanos += nanos;
    }
  }

  private String accept(int token) {
    if (options.stopTokens().contains(token)) {
      return last("", FinishReason.STOP_TOKEN);
    }
    if (!options.ignoreEnd() && tokenizer.isEndOfGeneration(token)) {
      return last("", FinishReason.END);
    }
    // Some models have more rows than their tokenizer has tokens; those mean nothing.
    boolean hasText = token < tokenizer.vocabularySize();
    String text = hasText ? filter.accept(decoder.next(token)) : "";
    if (filter.stoppedBy() != null) {
      finish(FinishReason.STOP_STRING);
    } else if (generated == options.maxTokens()) {
      return last(text, FinishReason.MAX_TOKENS);
    }
    return text;
  }

  /** The text of the last piece: with what was held back. */
  private String last(String text, FinishReason reason) {
    String whole = text + filter.accept(decoder.finish()) + filter.rest();
    finish(filter.stoppedBy() == null ? reason : FinishReason.STOP_STRING);
    return whole;
  }

  private void finish(FinishReason reason) {
    finished = reason;
    sequence.settle();
  }
}
