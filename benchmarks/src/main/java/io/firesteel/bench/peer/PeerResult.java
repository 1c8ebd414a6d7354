package io.firesteel.bench.peer;

import io.firesteel.bench.measure.Samples;

/**
 * What another program gave.
 *
 * @param kind what was measured
 * @param size context of decoding, or length of the prompt
 * @param rates tokens a second of each run
 */
public record PeerResult(Kind kind, int size, Samples rates) {
  /** What was measured. */
  public enum Kind {
    /** Tokens one after the other. */
    DECODE,
    /** A prompt at once. */
    PREFILL
  }
}
