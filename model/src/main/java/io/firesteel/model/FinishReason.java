package io.firesteel.model;

/** Why an answer ended. */
public enum FinishReason {
  /** The model ended it. */
  END,
  /** A stop token asked for by the caller was drawn. */
  STOP_TOKEN,
  /** A stop string was met. */
  STOP_STRING,
  /** It has as many tokens as were allowed. */
  MAX_TOKENS,
  /** It was cancelled. */
  CANCELLED,
  /** Its deadline passed. */
  DEADLINE,
  /** The context or the cache had no room for another token. */
  NO_ROOM
}
