package io.firesteel.model.grammar;

import io.firesteel.model.sampling.TokenMask;
import java.nio.charset.StandardCharsets;

/**
 * Follows one answer through a grammar, token by token. Belongs to one thread.
 *
 * @see Grammar#matcher
 */
public final class GrammarMatcher {
  private static final int MOST_FORCED_BYTES = 1024;

  private final TokenTable table;
  private Configuration at;

  GrammarMatcher(TokenTable table) {
    this.table = table;
    this.at = table.start();
  }

  private GrammarMatcher(TokenTable table, Configuration at) {
    this.table = table;
    this.at = at;
  }

  /** Another one in the same place. */
  public GrammarMatcher copy() {
    return new GrammarMatcher(table, at);
  }

  /** Goes to where another one is, which follows the same grammar. */
  public void back(GrammarMatcher other) {
    at = other.at;
  }

  /**
   * The tokens that may come next; where the text may end, those that end an answer are among them.
   */
  public TokenMask allowed() {
    return table.mask(at);
  }

  /** Whether the text may end here. */
  public boolean mayEnd() {
    return at.accepts;
  }

  /** Whether the text must end here. */
  public boolean mustEnd() {
    return at.accepts && at.states.length == 0;
  }

  /**
   * Goes on by a token.
   *
   * @return whether it fits; if it does not, nothing is changed. A token that ends an answer fits
   *     where the text may end
   */
  public boolean accept(int token) {
    if (table.trie().ends().get(token)) {
      return at.accepts;
    }
    return accept(table.trie().text(token));
  }

  /** Goes on by a text; as {@link #accept(int)}. */
  public boolean accept(String text) {
    return accept(text.getBytes(StandardCharsets.UTF_8));
  }

  private boolean accept(byte[] bytes) {
    Configuration next = bytes.length == 0 ? at : table.step(at, bytes);
    if (bytes.length == 0 || next.isDead()) {
      return false;
    }
    at = next;
    return true;
  }

  /**
   * The tokens that must come next, as far as the model's own way to cut the text is certain: the
   * last few bytes of a forced text are left out where a longer token may begin with them.
   *
   * @param cutter cuts text into tokens as the model does
   * @return empty if there are none
   */
  public int[] forced(TokenCutter cutter) {
    byte[] bytes = table.forced(at, MOST_FORCED_BYTES);
    return bytes.length == 0 ? new int[0] : cutter.cutPrefix(bytes);
  }

  /** Fewest bytes, and so most tokens, of {@link #shortestEnd}. */
  public int shortestEndBytes() {
    return at.cost;
  }

  /** The tokens of a shortest way to the end of the text. */
  public int[] shortestEnd(TokenCutter cutter) {
    return cutter.cut(table.shortestEnd(at));
  }
}
