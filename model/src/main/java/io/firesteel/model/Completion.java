package io.firesteel.model;

import java.util.List;

/**
 * A finished answer.
 *
 * @param text the whole text
 * @param pieces its tokens, the one that ended it included
 * @param reason why it ended
 * @param statistics token counts and times
 */
public record Completion(
    String text, List<Piece> pieces, FinishReason reason, Statistics statistics) {
  /** Takes an immutable copy of the list. */
  public Completion {
    pieces = List.copyOf(pieces);
  }
}
