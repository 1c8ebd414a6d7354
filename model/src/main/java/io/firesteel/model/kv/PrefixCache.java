package io.firesteel.model.kv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Full pages that may serve again: a radix tree of tokens, one page's run of tokens to an edge. A
 * sequence that begins as another did takes over its pages instead of computing them.
 *
 * <p>A page that only the tree holds counts as free: it is given up when a table needs it, those
 * that were of use longest ago first, and never one that others hang on.
 *
 * <p>Safe for use by several threads; belongs to a {@link PagePool}, whose lock it shares.
 */
public final class PrefixCache {
  private final PagePool pool;
  private final Node root = new Node(null, null, -1);
  private final Map<Integer, Node> byPage = new HashMap<>();
  private long clock;
  private long lookups;
  private long hits;
  private long reusedTokens;
  private long evictions;

  PrefixCache(PagePool pool) {
    this.pool = pool;
  }

  /**
   * What the cache was good for.
   *
   * @param pages pages in the tree
   * @param idlePages those of them that no table holds
   * @param lookups sequences that began
   * @param hits those of them that found pages
   * @param reusedTokens positions that did not have to be computed
   * @param evictions pages that were given up for others
   */
  public record Counters(
      int pages, int idlePages, long lookups, long hits, long reusedTokens, long evictions) {}

  /** A page's tokens. */
  private record Run(int[] tokens) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Run(int[] theirs) && Arrays.equals(tokens, theirs);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(tokens);
    }
  }

  /** A page behind the pages of its parents. */
  private static final class Node {
    private final Node parent;
    private final Run run;
    private final int page;
    private final Map<Run, Node> children = new HashMap<>();
    private long used;

    Node(Node parent, Run run, int page) {
      this.parent = parent;
      this.run = run;
      this.page = page;
    }
  }

  private Run run(int[] tokens, int index) {
    int length = pool.pageTokens();
    return new Run(Arrays.copyOfRange(tokens, index * length, (index + 1) * length));
  }

  /**
   * Finds pages for the beginning of a sequence, and takes hold of them for it.
   *
   * @param tokens of the sequence
   * @param most positions that may be taken over
   */
  int[] take(int[] tokens, int most) {
    synchronized (pool) {
      List<Integer> found = new ArrayList<>();
      Node node = root;
      clock++;
      for (int i = 0; (i + 1) * pool.pageTokens() <= most; i++) {
        node = node.children.get(run(tokens, i));
        if (node == null) {
          break;
        }
        node.used = clock;
        pool.retain(node.page);
        found.add(node.page);
      }
      lookups++;
      hits += found.isEmpty() ? 0 : 1;
      reusedTokens += (long) found.size() * pool.pageTokens();
      return found.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /**
   * Keeps a sequence's full pages for others.
   *
   * @param tokens of the sequence
   * @param positions that its pages hold
   */
  void put(int[] tokens, int positions, int[] pages) {
    synchronized (pool) {
      Node node = root;
      clock++;
      for (int i = 0; (i + 1) * pool.pageTokens() <= positions; i++) {
        Run run = run(tokens, i);
        Node child = node.children.get(run);
        if (child == null) {
          if (byPage.containsKey(pages[i])) {
            return; // it stands elsewhere already
          }
          child = new Node(node, run, pages[i]);
          node.children.put(run, child);
          byPage.put(pages[i], child);
          pool.keep(pages[i]);
        }
        child.used = clock;
        node = child;
      }
    }
  }

  /** Forgets a page that is about to be written to, and those behind it. */
  void forget(int page) {
    Node node = byPage.get(page);
    if (node != null) {
      new ArrayList<>(node.children.values()).forEach(child -> forget(child.page));
      remove(node);
    }
  }

  /** Gives up pages until one is free, of which there must be an idle one. */
  void makeRoom() {
    Node oldest = null;
    for (Node node : byPage.values()) {
      boolean better =
          oldest == null
              || pool.isIdle(node.page) && !pool.isIdle(oldest.page)
              || pool.isIdle(node.page) == pool.isIdle(oldest.page) && node.used < oldest.used;
      if (node.children.isEmpty() && better) {
        oldest = node;
      }
    }
    if (oldest == null) {
      throw new IllegalStateException("no page of the prefix cache can be given up");
    }
    evictions++;
    remove(oldest);
  }

  private void remove(Node node) {
    node.parent.children.remove(node.run);
    byPage.remove(node.page);
    pool.unkeep(node.page);
  }

  /** What it was good for so far. */
  public Counters counters() {
    synchronized (pool) {
      return new Counters(byPage.size(), pool.idlePages(), lookups, hits, reusedTokens, evictions);
    }
  }

  /** Forgets all pages. */
  public void clear() {
    synchronized (pool) {
      new ArrayList<>(root.children.values()).forEach(child -> forget(child.page));
    }
  }
}
