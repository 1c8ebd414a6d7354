package io.firesteel.model.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Finds special tokens in text: one after the other, the longest first, each wherever it occurs in
 * what the earlier ones have left. A trie first finds out which tokens occur at all, so that text
 * without any costs one pass.
 */
final class SpecialTokenSplitter {

  /** A piece of a text: a token, or text from one byte to another. */
  record Fragment(int token, int from, int to) {
    private static final int NO_TOKEN = -1;

    static Fragment text(int from, int to) {
      return new Fragment(NO_TOKEN, from, to);
    }

    boolean isToken() {
      return token != NO_TOKEN;
    }
  }

  private final Vocabulary vocabulary;
  private final int[] longestFirst;
  private final Trie trie = new Trie();

  SpecialTokenSplitter(Vocabulary vocabulary) {
    this.vocabulary = vocabulary;
    List<Integer> special = new ArrayList<>();
    for (int id = 0; id < vocabulary.size(); id++) {
      if (isSpecial(vocabulary, id)) {
        special.add(id);
      }
    }
    special.sort(Comparator.comparingInt(id -> -vocabulary.text(id).length));
    longestFirst = special.stream().mapToInt(Integer::intValue).toArray();
    for (int i = 0; i < longestFirst.length; i++) {
      trie.add(vocabulary.text(longestFirst[i]), i);
    }
  }

  static boolean isSpecial(Vocabulary vocabulary, int id) {
    return vocabulary.isControlOrUnknown(id) || vocabulary.has(id, Attribute.USER_DEFINED);
  }

  /**
   * Cuts a text at its special tokens.
   *
   * @param parseSpecial whether control and unknown tokens are looked for; user-defined ones always
   *     are
   */
  List<Fragment> split(byte[] text, boolean parseSpecial) {
    List<Fragment> fragments = new ArrayList<>();
    if (text.length == 0) {
      return fragments;
    }
    fragments.add(Fragment.text(0, text.length));
    BitSet occurring = trie.occurrences(text);
    for (int i = occurring.nextSetBit(0); i >= 0; i = occurring.nextSetBit(i + 1)) {
      int token = longestFirst[i];
      if (parseSpecial || !vocabulary.isControlOrUnknown(token)) {
        fragments = cut(fragments, text, token);
      }
    }
    return fragments;
  }

  private List<Fragment> cut(List<Fragment> fragments, byte[] text, int token) {
    List<Fragment> cut = new ArrayList<>(fragments.size() + 2);
    for (Fragment fragment : fragments) {
      if (fragment.isToken()) {
        cut.add(fragment);
      } else {
        cut(fragment, text, token, cut);
      }
    }
    return cut;
  }

  private void cut(Fragment fragment, byte[] text, int token, List<Fragment> out) {
    byte[] sought = vocabulary.text(token);
    int from = fragment.from();
    int to = fragment.to();
    for (int found = indexOf(text, from, to, sought);
        found >= 0;
        found = indexOf(text, from, to, sought)) {
      int end = found;
      while (vocabulary.has(token, Attribute.STRIPS_LEFT) && end > from && isSpace(text[end - 1])) {
        end--;
      }
      addText(from, end, out);
      out.add(new Fragment(token, found, found + sought.length));
      from = found + sought.length;
      while (vocabulary.has(token, Attribute.STRIPS_RIGHT) && from < to && isSpace(text[from])) {
        from++;
      }
    }
    addText(from, to, out);
  }

  private static void addText(int from, int to, List<Fragment> out) {
    if (from < to) {
      out.add(Fragment.text(from, to));
    }
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || (b >= '\t' && b <= '\r');
  }

  private static int indexOf(byte[] text, int from, int to, byte[] sought) {
    int last = to - sought.length;
    for (int i = from; i <= last; i++) {
      if (text[i] == sought[0] && Trie.startsWith(text, i, sought)) {
        return i;
      }
    }
    return -1;
  }

  /** Children of a node form a linked list; the root's are found by their byte. */
  private static final class Trie {
    private static final int NONE = 0;

    private final int[] roots = new int[256];
    private byte[] labels = new byte[64];
    private int[] firstChild = new int[64];
    private int[] sibling = new int[64];
    private int[] values = new int[64];
    private int size = 1;

    static boolean startsWith(byte[] text, int at, byte[] sought) {
      return Arrays.equals(text, at, at + sought.length, sought, 0, sought.length);
    }

    void add(byte[] key, int value) {
      int node = roots[key[0] & 0xFF];
      if (node == NONE) {
        node = roots[key[0] & 0xFF] = newNode(key[0]);
      }
      for (int i = 1; i < key.length; i++) {
        int child = child(node, key[i]);
        if (child == NONE) {
          child = newNode(key[i]);
          sibling[child] = firstChild[node];
          firstChild[node] = child;
        }
        node = child;
      }
      values[node] = value + 1;
    }

    private int newNode(byte label) {
      if (size == labels.length) {
        int capacity = Math.multiplyExact(size, 2);
        labels = Arrays.copyOf(labels, capacity);
        firstChild = Arrays.copyOf(firstChild, capacity);
        sibling = Arrays.copyOf(sibling, capacity);
        values = Arrays.copyOf(values, capacity);
      }
      labels[size] = label;
      return size++;
    }

    private int child(int node, byte label) {
      int child = firstChild[node];
      while (child != NONE && labels[child] != label) {
        child = sibling[child];
      }
      return child;
    }

    /** Values of all keys that occur anywhere in a text. */
    BitSet occurrences(byte[] text) {
      BitSet found = new BitSet();
      for (int i = 0; i < text.length; i++) {
        int node = roots[text[i] & 0xFF];
        for (int j = i + 1; node != NONE; j++) {
          if (values[node] != 0) {
            found.set(values[node] - 1);
          }
          node = j < text.length ? child(node, text[j]) : NONE;
        }
      }
      return found;
    }
  }
}
