package io.firesteel.model;

import io.firesteel.model.engine.EngineException;
import io.firesteel.model.sampling.LogProbabilities;
import io.firesteel.model.sampling.Sampler;
import io.firesteel.model.tokenizer.StreamingDecoder;
import io.firesteel.model.tokenizer.Tokenizer;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
  private final Deadline deadline;
  private final CompletableFuture<?> alarm;
  private final Constraint constraint;

  /** Tokens that are in the sequence already, but were not told of yet. */
  private final Deque<Integer> fed = new ArrayDeque<>();

  private int generated;
  private int forced;
  private long firstNanos;
  private long laterNanos;
  private boolean closing;
  private volatile boolean cancelled;
  private FinishReason finished;

  TokenLoop(
      Session session,
      Sequence sequence,
      GenerationOptions options,
      long epoch,
      int promptTokens,
      long promptNanos) {
    this.session = session;
    this.sequence = sequence;
    this.tokenizer = session.model().tokenizer();
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
    constraint =
        options
            .grammar()
            .map(grammar -> new Constraint(grammar, session.model().cutter()))
            .orElse(null);
    if (constraint != null) {
      constraint.requireRoom(room());
    }
    deadline = Deadline.in(options.deadline());
    alarm = deadline.whenPassed(this::cancel);
  }

  private IntStream ends() {
    return tokenizer.specialTokens().endOfGeneration();
  }

  /** Tokens that the answer may still have. */
  private int room() {
    return Math.min(options.maxTokens() - generated, sequence.contextLength() - sequence.length());
  }

  /** Tokens that the answer may have after one that was drawn but not counted yet. */
  private int roomAfterDraw() {
    return Math.min(
        options.maxTokens() - generated - 1, sequence.contextLength() - sequence.length());
  }

  FinishReason finished() {
    return finished;
  }

  /** Tokens that were not drawn, as nothing else could follow. */
  int forced() {
    return forced;
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
          int token = cancelled ? Sequence.CANCELLED : next();
          if (token == Sequence.CANCELLED) {
            finish(deadline.passed() ? FinishReason.DEADLINE : FinishReason.CANCELLED);
            return null;
          }
          boolean drawn = sequence.wasDrawn(sequence.length() - 1 - fed.size());
          Optional<LogProbabilities> probabilities =
              drawn ? probabilities(token) : Optional.empty();
          count(System.nanoTime() - start);
          return new Piece(token, accept(token), probabilities);
        });
  }

  private int next() {
    try {
      if (constraint == null) {
        return draw();
      }
      if (fed.isEmpty() && options.logProbabilities() < 0 && !feed(constraint.forced(room()))) {
        return Sequence.CANCELLED;
      }
      return fed.isEmpty() ? drawAllowed() : fed.poll();
    } catch (EngineException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int draw() throws EngineException {
    return sequence.next(
        sampler,
        options.sampling(),
        options.maxTokens() - generated,
        stopTokens,
        options.logProbabilities() >= 0);
  }

  private int drawAllowed() throws EngineException {
    int token =
        sequence.next(
            sampler, options.sampling(), constraint.allowed(), options.logProbabilities() >= 0);
    if (token == Sequence.CANCELLED || constraint.accept(token, roomAfterDraw())) {
      return token;
    }
    sequence.truncate(sequence.length() - 1);
    closing = true;
    return feed(constraint.close()) ? fed.poll() : Sequence.CANCELLED;
  }

  /** Appends tokens that are not drawn; false if it was cancelled. */
  private boolean feed(int[] tokens) throws EngineException {
    if (tokens.length == 0) {
      return true;
    }
    if (!sequence.feed(tokens)) {
      return false;
    }
    for (int token : tokens) {
      fed.add(token);
    }
    forced += tokens.length;
    return true;
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
    } else if (generated == options.maxTokens() || closing && fed.isEmpty()) {
      return last(text, FinishReason.MAX_TOKENS);
    } else if (constraint != null && fed.isEmpty() && constraint.mustEnd()) {
      return last(text, FinishReason.END);
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
    alarm.cancel(false);
    if (!fed.isEmpty()) {
      sequence.truncate(sequence.length() - fed.size());
      fed.clear();
    }
    sequence.finishAnswer();
  }
}
