package io.firesteel.model.grammar;

import io.firesteel.model.sampling.TokenMask;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A grammar's configurations and, for each that was met, the tokens of one vocabulary that may
 * follow. Shared by all answers under that grammar; safe for use by several threads.
 *
 * <p>Within a called rule, such as a JSON string, most tokens are allowed or not whoever called it:
 * they are found once for the rule, and only those that leave it once for each caller.
 */
final class TokenTable {
  private static final int MOST_CONFIGURATIONS = 50_000;
  private static final long MOST_MASK_BYTES = 64L << 20;

  private final TokenTrie trie;
  private final StateTable states;
  private final Configuration[] path;
  private long maskBytes;

  TokenTable(Automaton automaton, TokenTrie trie) {
    this.trie = trie;
    this.states = new StateTable(automaton);
    this.path = new Configuration[trie.deepest() + 1];
  }

  TokenTrie trie() {
    return trie;
  }

  /** Whether it has grown so large that new answers should begin with an empty one. */
  synchronized boolean isFull() {
    return states.size() > MOST_CONFIGURATIONS || maskBytes > MOST_MASK_BYTES;
  }

  synchronized Configuration start() {
    return states.start();
  }

  /** The configuration after some bytes; dead if they do not fit. */
  synchronized Configuration step(Configuration from, byte[] bytes) {
    Configuration at = from;
    for (byte b : bytes) {
      at = states.step(at, b & 0xFF);
    }
    return at;
  }

  /** The bytes that must follow, at most {@code most}. */
  synchronized byte[] forced(Configuration from, int most) {
    byte[] bytes = new byte[most];
    Configuration at = from;
    int count = 0;
    for (int b = states.forced(at); count < most && b >= 0; b = states.forced(at)) {
      bytes[count++] = (byte) b;
      at = states.step(at, b);
    }
    return Arrays.copyOf(bytes, count);
  }

  /** The bytes of a shortest way to the end of the text. */
  synchronized byte[] shortestEnd(Configuration from) {
    byte[] bytes = new byte[from.cost];
    Configuration at = from;
    for (int i = 0; i < bytes.length; i++) {
      int b = states.cheapest(at);
      bytes[i] = (byte) b;
      at = states.step(at, b);
    }
    return bytes;
  }

  /** The tokens that may follow, those that end an answer among them if the text may end. */
  synchronized TokenMask mask(Configuration at) {
    if (at.mask == null) {
      BitSet allowed = new BitSet(trie.vocabulary());
      fill(at, allowed);
      if (at.accepts) {
        allowed.or(trie.ends());
      }
      at.mask = TokenMask.of(trie.vocabulary(), allowed);
      maskBytes += at.mask.bytes();
    }
    return at.mask;
  }

  private void fill(Configuration at, BitSet allowed) {
    Frame frame = at.onlyFrame();
    if (!states.hasCaller(frame)) {
      walk(at, 0, allowed, null);
      return;
    }
    LocalMask local = local(at);
    allowed.or(local.allowed());
    Configuration after = states.afterReturn(frame);
    for (int node : local.exits()) {
      walk(after, node, allowed, null);
    }
  }

  private LocalMask local(Configuration whole) {
    Configuration at = states.local(whole);
    if (at.local == null) {
      BitSet allowed = new BitSet(trie.vocabulary());
      BitSet exits = new BitSet();
      walk(at, 0, allowed, exits);
      at.local = new LocalMask(allowed, exits.stream().toArray());
      maskBytes += allowed.size() / 8 + 4L * at.local.exits().length;
    }
    return at.local;
  }

  /**
   * Walks a subtree of the trie.
   *
   * @param from configuration at the subtree's root
   * @param allowed takes the tokens below the root that fit
   * @param exits takes the nodes where the rule at the bottom may end; null if that cannot be
   */
  private void walk(Configuration from, int root, BitSet allowed, BitSet exits) {
    int base = trie.depth(root);
    int end = trie.subtreeEnd(root);
    path[base] = from;
    int node = root + 1;
    while (node < end) {
      int depth = trie.depth(node);
      Configuration at = states.step(path[depth - 1], trie.label(node));
      if (at.isDead()) {
        node = trie.subtreeEnd(node);
        continue;
      }
      trie.addTokens(node, allowed);
      if (at.escapes && exits != null) {
        exits.set(node);
      }
      path[depth] = at;
      node++;
    }
  }
}
