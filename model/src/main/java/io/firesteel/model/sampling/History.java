package io.firesteel.model.sampling;

import java.util.Objects;

/**
 * The tokens of a sequence so far, prompt and answer alike, for the stages that look back.
 *
 * @param tokens token ids, oldest first; not copied
 * @param length how many of them count
 */
public record History(int[] tokens, int length) {
  /** Checks that the array is long enough. */
  public History {
    Objects.checkFromToIndex(0, length, tokens.length);
  }

  /** A history of the given tokens, oldest first. */
  public static History of(int... tokens) {
    return new History(tokens, tokens.length);
  }

  /**
   * The latest tokens.
   *
   * @param count how many at most, or -1 for all
   */
  History last(int count) {
    int kept = count < 0 ? length : Math.min(count, length);
    int[] latest = new int[kept];
    System.arraycopy(tokens, length - kept, latest, 0, kept);
    return of(latest);
  }
}
