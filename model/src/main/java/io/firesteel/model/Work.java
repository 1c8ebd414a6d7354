package io.firesteel.model;

import io.firesteel.model.engine.DecodeRequest;
import io.firesteel.model.kv.PageCopy;
import io.firesteel.model.sampling.TokenMask;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** What one sequence asks of the engine: tokens to feed, or a run to decode on the device. */
final class Work {
  final Participant participant;
  final int[] tokens;
  final int firstPosition;
  final int[] pageTable;
  final Optional<PageCopy> copy;

  /** Where the logits of the last token go; null if they are not wanted. */
  final float[] logits;

  /** A run on the device instead of tokens to feed; null for none. */
  final DecodeRequest run;

  /** The tokens that the run may draw; null for all. */
  final TokenMask allowed;

  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean cancelled;
  private int fed;
  private int[] drawn;
  private Throwable failure;
  private Throwable fault;

  private Work(
      Participant participant,
      int[] tokens,
      int firstPosition,
      int[] pageTable,
      Optional<PageCopy> copy,
      float[] logits,
      DecodeRequest run,
      TokenMask allowed) {
    this.participant = participant;
    this.tokens = tokens;
    this.firstPosition = firstPosition;
    this.pageTable = pageTable;
    this.copy = copy;
    this.logits = logits;
    this.run = run;
    this.allowed = allowed;
  }

  static Work feed(
      Participant participant,
      int[] tokens,
      int firstPosition,
      int[] pageTable,
      Optional<PageCopy> copy,
      float[] logits) {
    return new Work(participant, tokens, firstPosition, pageTable, copy, logits, null, null);
  }

  static Work run(
      Participant participant, DecodeRequest run, TokenMask allowed, Optional<PageCopy> copy) {
    return new Work(
        participant,
        new int[] {run.token()},
        run.position(),
        run.pageTable(),
        copy,
        null,
        run,
        allowed);
  }

  /** A sequence as the scheduler sees it: an identity, and how urgent it is. */
  static final class Participant {
    private volatile Priority priority = Priority.NORMAL;

    Priority priority() {
      return priority;
    }

    void priority(Priority other) {
      priority = other;
    }
  }

  /** Notes that a step failed for this sequence alone. */
  void fault(Throwable problem) {
    fault = problem;
  }

  Throwable fault() {
    return fault;
  }

  /** Asks for an early end; rows that are being computed are finished. */
  void cancel() {
    cancelled = true;
  }

  boolean cancelled() {
    return cancelled;
  }

  int remaining() {
    return tokens.length - fed;
  }

  int fed() {
    return fed;
  }

  void advance(int rows) {
    fed += rows;
  }

  int[] drawn() {
    return drawn;
  }

  void drawn(int[] tokens) {
    drawn = tokens;
  }

  void finish(Throwable problem) {
    failure = problem;
    copy.ifPresent(PageCopy::close);
    finished.countDown();
  }

  /** Waits for the end. Returns null if all went well. */
  Throwable await() {
    boolean interrupted = false;
    while (true) {
      try {
        finished.await();
        break;
      } catch (InterruptedException e) {
        // The engine may be writing to this sequence's pages: end early, but not before it is done.
        interrupted = true;
        cancel();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return failure;
  }
}
