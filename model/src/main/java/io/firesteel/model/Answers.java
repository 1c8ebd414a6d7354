package io.firesteel.model;

import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.model.template.AnswerParser;
import io.firesteel.model.template.AnswerPart;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The answers to an {@link AnswerRequest}. Nothing is computed until one of them is read; the first
 * to be read computes the prompt for all.
 *
 * <p>Must be closed. {@link #cancel} and {@link #close} may be called on any thread at any time.
 */
public final class Answers implements AutoCloseable {
  private static final SecureRandom IDS = new SecureRandom();

  private final Model model;
  private final int[] prompt;
  private final GenerationOptions options;
  private final Priority priority;
  private final Deadline deadline;
  private final Admission.Ticket ticket;
  private final List<AnswerStream> streams = new ArrayList<>();
  private final CompletableFuture<?> alarm;
  private final ReentrantLock lock = new ReentrantLock();
  private final long created = System.nanoTime();
  private final Session[] sessions;
  private boolean begun;
  private int ended;
  private long queuedNanos;
  private long promptNanos;
  private int cachedTokens;
  private volatile Session prompting;
  private volatile boolean cancelled;

  Answers(
      Model model,
      int[] prompt,
      GenerationOptions options,
      Priority priority,
      List<Optional<AnswerParser>> parsers,
      Admission.Ticket ticket,
      Deadline deadline) {
    this.model = model;
    this.prompt = prompt;
    this.options = options;
    this.priority = priority;
    this.ticket = ticket;
    this.deadline = deadline;
    for (Optional<AnswerParser> parser : parsers) {
      streams.add(new AnswerStream(this, streams.size(), parser));
    }
    sessions = new Session[streams.size()];
    alarm = deadline.whenPassed(this::cancel);
  }

  /** The answers, as many as were asked for. */
  public List<AnswerStream> choices() {
    return List.copyOf(streams);
  }

  /** The first or only answer. */
  public AnswerStream first() {
    return streams.getFirst();
  }

  /** Number of tokens of the prompt. */
  public int promptTokens() {
    return prompt.length;
  }

  /** Begins an answer; empty if it was cancelled or its deadline passed. */
  Optional<Generation> begin(int index) {
    lock.lock();
    try {
      if (!begun && !cancelled) {
        begun = true;
        computePrompt();
      }
      if (cancelled || sessions[index] == null) {
        return Optional.empty();
      }
      return Optional.of(sessions[index].generate(options(index)));
    } finally {
      lock.unlock();
    }
  }

  private GenerationOptions options(int index) {
    SamplingParameters sampling = options.sampling();
    GenerationOptions.Builder builder =
        options.toBuilder().sampling(sampling.toBuilder().seed(sampling.seed() + index).build());
    if (options.deadline().isPresent()) {
      builder.deadline(Duration.ofNanos(deadline.nanosLeft(Long.MAX_VALUE)));
    }
    return builder.build();
  }

  private void computePrompt() {
    if (!ticket.await(deadline)) {
      cancelled = true;
      return;
    }
    long start = System.nanoTime();
    queuedNanos = start - created;
    Session session = model.session().priority(priority);
    prompting = session;
    try {
      if (cancelled) {
        session.close();
        return;
      }
      session.prompt(prompt);
      cachedTokens = session.cachedTokens();
      sessions[0] = session;
      for (int i = 1; i < sessions.length; i++) {
        sessions[i] = session.fork().priority(priority);
      }
    } catch (CancellationException e) {
      cancelled = true;
      session.close();
    } catch (Throwable e) {
      session.close();
      if (!cancelled) {
        throw e;
      }
    } finally {
      prompting = null;
      promptNanos = System.nanoTime() - start;
    }
  }

  FinishReason reasonToStop() {
    return deadline.passed() ? FinishReason.DEADLINE : FinishReason.CANCELLED;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** Gives back what an answer held. */
  void ended(int index) {
    lock.lock();
    try {
      if (sessions[index] != null) {
        sessions[index].close();
      }
      if (++ended == streams.size()) {
        alarm.cancel(false);
        ticket.giveBack();
      }
    } finally {
      lock.unlock();
    }
  }

  Usage usage(Statistics statistics, int forcedTokens) {
    return new Usage(
        prompt.length,
        cachedTokens,
        statistics.generatedTokens(),
        forcedTokens,
        Duration.ofNanos(queuedNanos),
        Duration.ofNanos(promptNanos),
        statistics.firstTokenTime(),
        statistics.laterTokensTime());
  }

  /** A call with an id, which clients need to tell calls apart. */
  AnswerPart.Call withId(AnswerPart.Call call) {
    if (call.call().id() != null) {
      return call;
    }
    byte[] random = new byte[12];
    IDS.nextBytes(random);
    return new AnswerPart.Call(call.call().withId("call_" + HexFormat.of().formatHex(random)));
  }

  /** Ends all answers soon. */
  public void cancel() {
    cancelled = true;
    ticket.giveBack();
    Session waiting = prompting;
    if (waiting != null) {
      waiting.cancel();
    }
    for (Session session : sessions) {
      if (session != null) {
        session.cancel();
      }
    }
  }

  /** Ends all answers and frees what they hold. */
  @Override
  public void close() {
    cancel();
    alarm.cancel(false);
    lock.lock();
    try {
      begun = true;
      for (Session session : sessions) {
        if (session != null) {
          session.close();
        }
      }
    } finally {
      lock.unlock();
    }
  }
}
