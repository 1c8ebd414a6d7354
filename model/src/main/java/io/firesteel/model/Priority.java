package io.firesteel.model;

/** Which of several answers is served first. Nobody is left out: lower ones only get less. */
public enum Priority {
  /** Somebody waits for it. */
  INTERACTIVE,
  /** The usual. */
  NORMAL,
  /** Work in the background. */
  BATCH
}
