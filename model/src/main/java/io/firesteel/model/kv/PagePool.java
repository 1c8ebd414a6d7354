package io.firesteel.model.kv;

import java.util.Objects;

/**
 * Which of an engine's KV pages are free, and how many page tables share each of the others. A page
 * with one reference may be written by the table that holds it; a page with more must be copied
 * first.
 *
 * <p>Safe for use by several threads.
 */
public final class PagePool {
  private final int pageTokens;
  private final int[] references;
  private final int[] free;
  private int freeCount;
  private final boolean[] kept;
  private int idle;
  private final PrefixCache prefixes = new PrefixCache(this);

  /**
   * A pool of free pages.
   *
   * @param pages number of pages, at least 1
   * @param pageTokens positions a page holds, at least 1
   */
  public PagePool(int pages, int pageTokens) {
    if (pages < 1 || pageTokens < 1) {
      throw new IllegalArgumentException(
          "pool of %d pages of %d tokens, expected at least 1 of both"
              .formatted(pages, pageTokens));
    }
    this.pageTokens = pageTokens;
    references = new int[pages];
    kept = new boolean[pages];
    free = new int[pages];
    freeCount = pages;
    for (int i = 0; i < pages; i++) {
      free[i] = pages - 1 - i; // the lowest page is taken first
    }
  }

  /** Positions a page holds. */
  public int pageTokens() {
    return pageTokens;
  }

  /** Number of pages. */
  public int pages() {
    return references.length;
  }

  /** Pages that are kept for sequences that begin alike. */
  public PrefixCache prefixes() {
    return prefixes;
  }

  /** Number of pages that no table holds; those kept for their content are among them. */
  public synchronized int freePages() {
    return freeCount + idle;
  }

  /** Number of pages that no table holds, but whose content is kept. */
  synchronized int idlePages() {
    return idle;
  }

  /** Number of pages that at least one table holds. */
  public synchronized int usedPages() {
    return pages() - freePages();
  }

  /** Number of pages that more than one table holds. */
  public synchronized int sharedPages() {
    int shared = 0;
    for (int page = 0; page < references.length; page++) {
      shared += references(page) > 1 ? 1 : 0;
    }
    return shared;
  }

  /** Number of tables that hold a page, plus one for each copy from it that is yet to be made. */
  public synchronized int references(int page) {
    return references[Objects.checkIndex(page, references.length)] - (kept[page] ? 1 : 0);
  }

  /** Takes a free page, of which there must be one. */
  int take() {
    while (freeCount == 0) {
      prefixes.makeRoom();
    }
    int page = free[--freeCount];
    references[page] = 1;
    return page;
  }

  synchronized void retain(int page) {
    if (references[page] == 0) {
      throw new IllegalStateException("page " + page + " is free and cannot be shared");
    }
    idle -= isIdle(page) ? 1 : 0;
    references[page] = Math.incrementExact(references[page]);
  }

  /** Keeps a page that a table holds for its content. */
  void keep(int page) {
    retain(page);
    kept[page] = true;
  }

  void unkeep(int page) {
    idle -= isIdle(page) ? 1 : 0;
    kept[page] = false;
    release(page);
  }

  /** Whether a page is held for its content alone. */
  boolean isIdle(int page) {
    return kept[page] && references[page] == 1;
  }

  synchronized void release(int page) {
    if (references[page] == 0) {
      throw new IllegalStateException("page " + page + " is free already");
    }
    if (--references[page] == 0) {
      free[freeCount++] = page;
    }
    idle += isIdle(page) ? 1 : 0;
  }

  @Override
  public synchronized String toString() {
    return "%d of %d pages of %d tokens in use".formatted(usedPages(), pages(), pageTokens);
  }
}
