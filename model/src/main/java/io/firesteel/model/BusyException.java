package io.firesteel.model;

/** The model has as many answers under way and waiting as it may; nothing was begun. */
public final class BusyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int running;
  private final int waiting;

  BusyException(int running, int waiting) {
    super(
        "the model is busy: %,d answers are under way and %,d wait; try again later, or load it with a larger maxAnswers or maxWaiting"
            .formatted(running, waiting));
    this.running = running;
    this.waiting = waiting;
  }

  /** Answers under way. */
  public int running() {
    return running;
  }

  /** Answers that wait for their turn. */
  public int waiting() {
    return waiting;
  }
}
