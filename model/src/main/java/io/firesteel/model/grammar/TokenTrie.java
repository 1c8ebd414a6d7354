package io.firesteel.model.grammar;

import io.firesteel.model.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A vocabulary's tokens by their bytes, as a trie in preorder: a walk is one pass over arrays that
 * jumps over the subtrees of bytes that do not fit. Built once for each model; immutable.
 */
public final class TokenTrie {
  private static final int NONE = -1;

  private final int vocabulary;
  private final BitSet ends;
  private final byte[][] texts;
  private final byte[] labels;
  private final short[] depths;
  private final int[] subtreeEnds;
  private final int[] tokens;
  private final int[] sameText;
  private final int deepest;

  /**
   * The trie of a tokenizer's vocabulary.
   *
   * @param vocabulary number of logits in a row, at least the tokenizer's size
   */
  public TokenTrie(Tokenizer tokenizer, int vocabulary) {
    this.vocabulary = vocabulary;
    int size = tokenizer.vocabularySize();
    ends = new BitSet(size);
    tokenizer.specialTokens().endOfGeneration().forEach(ends::set);
    texts = new byte[size][];
    for (int id = 0; id < size; id++) {
      texts[id] = text(tokenizer, id);
    }
    int[] sorted =
        IntStream.range(0, size)
            .filter(id -> texts[id].length > 0)
            .boxed()
            .sorted(Comparator.comparing(id -> texts[id], Arrays::compareUnsigned))
            .mapToInt(Integer::intValue)
            .toArray();
    int most = 1 + Arrays.stream(sorted).map(id -> texts[id].length).sum();
    byte[] label = new byte[most];
    short[] depth = new short[most];
    int[] token = new int[most];
    sameText = new int[size];
    Arrays.fill(sameText, NONE);
    token[0] = NONE;
    int count = 1;
    int[] path = new int[1 + Arrays.stream(sorted).map(id -> texts[id].length).max().orElse(0)];
    byte[] before = {};
    for (int id : sorted) {
      byte[] text = texts[id];
      int common = Arrays.mismatch(before, text);
      if (common < 0) {
        sameText[id] = token[path[text.length]];
        token[path[text.length]] = id;
        continue;
      }
      for (int d = common; d < text.length; d++) {
        label[count] = text[d];
        depth[count] = (short) (d + 1);
        token[count] = NONE;
        path[d + 1] = count++;
      }
      token[count - 1] = id;
      before = text;
    }
    labels = Arrays.copyOf(label, count);
    depths = Arrays.copyOf(depth, count);
    tokens = Arrays.copyOf(token, count);
    subtreeEnds = subtreeEnds(depths);
    deepest = path.length;
  }

  private byte[] text(Tokenizer tokenizer, int id) {
    if (ends.get(id)) {
      return new byte[0];
    }
    if (!tokenizer.isControl(id)) {
      byte[] piece = tokenizer.pieceBytes(id, false);
      return hasControl(piece) ? new byte[0] : piece;
    }
    ByteArrayOutputStream control = new ByteArrayOutputStream();
    control.write(Automaton.CONTROL);
    control.writeBytes(tokenizer.pieceBytes(id, true));
    return control.toByteArray();
  }

  /** Byte-level vocabularies have a token for each byte, this one that is no text among them. */
  private static boolean hasControl(byte[] piece) {
    for (byte b : piece) {
      if ((b & 0xFF) == Automaton.CONTROL) {
        return true;
      }
    }
    return false;
  }

  private static int[] subtreeEnds(short[] depths) {
    int[] ends = new int[depths.length];
    int[] open = new int[depths.length + 1];
    int count = 0;
    for (int node = 0; node <= depths.length; node++) {
      while (count > 0 && (node == depths.length || depths[open[count - 1]] >= depths[node])) {
        ends[open[--count]] = node;
      }
      open[count++] = node;
    }
    return ends;
  }

  /** Number of logits in a row. */
  int vocabulary() {
    return vocabulary;
  }

  /** Tokens that end an answer. */
  BitSet ends() {
    return ends;
  }

  /** The bytes of a token as the automaton reads them; not to be changed. */
  byte[] text(int token) {
    return token < texts.length ? texts[token] : new byte[0];
  }

  int nodes() {
    return labels.length;
  }

  int label(int node) {
    return labels[node] & 0xFF;
  }

  int depth(int node) {
    return depths[node];
  }

  /** The node after a node's last descendant. */
  int subtreeEnd(int node) {
    return subtreeEnds[node];
  }

  /** Length of the longest token, plus 1. */
  int deepest() {
    return deepest;
  }

  /** Adds the tokens that end at a node. */
  void addTokens(int node, BitSet to) {
    for (int token = tokens[node]; token != NONE; token = sameText[token]) {
      to.set(token);
    }
  }

  private int child(int node, int label) {
    for (int child = node + 1; child < subtreeEnds[node]; child = subtreeEnds[child]) {
      if (label(child) == label) {
        return child;
      }
    }
    return NONE;
  }

  /** Whether some token begins with these bytes and has more. */
  boolean mayGoOn(byte[] bytes, int from) {
    int node = 0;
    for (int i = from; i < bytes.length; i++) {
      node = child(node, bytes[i] & 0xFF);
      if (node == NONE) {
        return false;
      }
    }
    return subtreeEnds[node] > node + 1;
  }

  /** Cuts bytes into tokens, the longest possible each time; null if a byte is no token. */
  int[] longestTokens(byte[] bytes) {
    int[] cut = new int[bytes.length];
    int count = 0;
    int at = 0;
    while (at < bytes.length) {
      int node = 0;
      int best = NONE;
      int after = at;
      for (int i = at; i < bytes.length; i++) {
        node = child(node, bytes[i] & 0xFF);
        if (node == NONE) {
          break;
        }
        if (tokens[node] != NONE) {
          best = tokens[node];
          after = i + 1;
        }
      }
      if (best == NONE) {
        return null;
      }
      cut[count++] = best;
      at = after;
    }
    return Arrays.copyOf(cut, count);
  }
}
