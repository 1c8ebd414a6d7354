package io.firesteel.model.tokenizer;

import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** The tokens of a vocabulary that have a role, and those that end a generation. Immutable. */
public final class SpecialTokens {

  /** What a special token is for. */
  public enum Role {
    /** Begins a text. */
    BOS,
    /** Ends a text. */
    EOS,
    /** Ends a turn of a conversation. */
    EOT,
    /** Ends a message whose turn goes on, as before a tool's answer. */
    EOM,
    /** Stands for what the vocabulary cannot spell. */
    UNKNOWN,
    /** Separates two texts. */
    SEPARATOR,
    /** Fills up a batch. */
    PADDING,
    /** Stands for a token to be guessed. */
    MASK,
    /** Fill-in-the-middle: the text before the gap follows. */
    FIM_PREFIX,
    /** Fill-in-the-middle: the text after the gap follows. */
    FIM_SUFFIX,
    /** Fill-in-the-middle: the text in the gap follows. */
    FIM_MIDDLE,
    /** Fill-in-the-middle: padding. */
    FIM_PADDING,
    /** Fill-in-the-middle: the name of a repository follows. */
    FIM_REPOSITORY,
    /** Fill-in-the-middle: another file follows. */
    FIM_SEPARATOR
  }

  private final Map<Role, Integer> ids;
  private final BitSet endOfGeneration;

  SpecialTokens(Map<Role, Integer> ids, BitSet endOfGeneration) {
    this.ids = new EnumMap<>(ids);
    this.endOfGeneration = (BitSet) endOfGeneration.clone();
  }

  /** The token with a role, if there is one. */
  public OptionalInt id(Role role) {
    Integer id = ids.get(role);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** Whether a generation ends when it yields this token. */
  public boolean isEndOfGeneration(int id) {
    return id >= 0 && endOfGeneration.get(id);
  }

  /** All tokens that end a generation, in ascending order. */
  public IntStream endOfGeneration() {
    return endOfGeneration.stream();
  }
}
