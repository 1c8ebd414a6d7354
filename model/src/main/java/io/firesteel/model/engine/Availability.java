package io.firesteel.model.engine;

/** Whether an engine can run on this machine. */
public sealed interface Availability {
  /**
   * It can.
   *
   * @param device what it would run on, in words
   */
  record Usable(String device) implements Availability {}

  /**
   * It cannot.
   *
   * @param reason what is missing, in one sentence
   * @param remedy what would fix it, in one sentence
   */
  record Refused(String reason, String remedy) implements Availability {}
}
