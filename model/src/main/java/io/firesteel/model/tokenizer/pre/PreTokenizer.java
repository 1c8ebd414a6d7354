package io.firesteel.model.tokenizer.pre;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;

/** How a vocabulary wants its text cut into words, and the defaults that come with it. */
public final class PreTokenizer {

  private final String name;
  private final List<Pass> passes;
  private final Defaults defaults;

  PreTokenizer(String name, List<Pass> passes, Defaults defaults) {
    this.name = name;
    this.passes = passes;
    this.defaults = defaults;
  }

  /**
   * Properties of a vocabulary that follow from its pre-tokeniser.
   *
   * @param ignoresMerges whether a word that is a token is taken whole, whatever its merges
   * @param addsBos whether text begins with BOS unless the file says otherwise
   * @param cleansSpaces whether decoding takes out blanks before punctuation
   * @param hasBos whether BOS has an id unless the file says otherwise
   */
  public record Defaults(
      boolean ignoresMerges, boolean addsBos, boolean cleansSpaces, boolean hasBos) {}

  /** Receives the words of a text in order. */
  @FunctionalInterface
  public interface Words {
    /** Takes the word in {@code [from, to)} of the text's bytes. */
    void word(int from, int to);
  }

  /** The pre-tokeniser with a name, if it is known. */
  public static Optional<PreTokenizer> named(String name) {
    return Optional.ofNullable(PreTokenizers.ALL.get(name));
  }

  /** All names known, in alphabetical order. */
  public static SequencedSet<String> names() {
    return Collections.unmodifiableSequencedSet(PreTokenizers.ALL.navigableKeySet());
  }

  /** Its name, as in {@code tokenizer.ggml.pre}. */
  public String name() {
    return name;
  }

  /** What a file with this pre-tokeniser need not say. */
  public Defaults defaults() {
    return defaults;
  }

  /** Cuts a text into words. */
  public void split(ClassifiedText text, Words words) {
    new Cut(text, words).cut(0, 0, text.length());
  }

  /** One run over one text; pieces come in order, so that byte offsets are found by counting on. */
  private final class Cut {
    private final ClassifiedText text;
    private final Words words;
    private int byteOffset;

    Cut(ClassifiedText text, Words words) {
      this.text = text;
      this.words = words;
      this.byteOffset = text.firstByte();
    }

    private void cut(int depth, int from, int to) {
      if (depth == passes.size()) {
        int stop = text.advance(byteOffset, to - from);
        words.word(byteOffset, stop);
        byteOffset = stop;
        return;
      }
      Pass pass = passes.get(depth);
      int gap = from;
      for (int at = from; at < to; ) {
        int stop = pass.match(text, at, to);
        if (stop == Pass.NO_MATCH) {
          at = pass.resume(text, at, to);
          continue;
        }
        if (at > gap) {
          cut(depth + 1, gap, at);
        }
        cut(depth + 1, at, stop);
        gap = stop;
        at = stop;
      }
      if (to > gap) {
        cut(depth + 1, gap, to);
      }
    }
  }
}
