package io.firesteel.model.kv;

import java.util.Arrays;
import java.util.Optional;

/**
 * The pages that hold one sequence's keys and values. Tables made by {@link #fork} share pages
 * until one of them writes to a shared page.
 *
 * <p>Not safe for use by several threads at once; tables of one pool may be used by different
 * threads.
 */
public final class PageTable implements AutoCloseable {
  private final PagePool pool;
  private int[] pages = new int[4];
  private int count;
  private int length;
  private boolean closed;

  /** A table without positions. */
  public PageTable(PagePool pool) {
    this.pool = pool;
  }

  /** Number of positions. */
  public int length() {
    return length;
  }

  /** The page of each run of {@code pageTokens} positions; a copy. */
  public int[] pages() {
    return Arrays.copyOf(pages, count);
  }

  /** Number of positions that could be appended now. */
  public int available() {
    synchronized (pool) {
      long room = room();
      return (int) Math.min(room, Integer.MAX_VALUE - length);
    }
  }

  private long room() {
    long slack = (long) count * pool.pageTokens() - length;
    if (writesToSharedPage() && pool.freePages() == 0) {
      return 0;
    }
    int free = pool.freePages() - (writesToSharedPage() ? 1 : 0);
    return slack + (long) free * pool.pageTokens();
  }

  private boolean writesToSharedPage() {
    return length % pool.pageTokens() != 0 && pool.references(pages[count - 1]) > 1;
  }

  /**
   * Appends positions, which may then be written to.
   *
   * @param tokens number of positions, at least 0
   * @return a page that must be copied first, if there is one
   * @throws KvCacheFullException if they do not fit; nothing is changed then
   */
  public Optional<PageCopy> append(int tokens) {
    requireOpen();
    if (tokens < 0) {
      throw new IllegalArgumentException("append of " + tokens + " tokens, expected at least 0");
    }
    synchronized (pool) {
      if (tokens > available()) {
        throw new KvCacheFullException(
            tokens, available(), pool.usedPages(), pool.pages(), pool.pageTokens());
      }
      Optional<PageCopy> copy =
          tokens > 0 && writesToSharedPage() ? Optional.of(ownLastPage()) : Optional.empty();
      if (tokens > 0 && length % pool.pageTokens() != 0) {
        pool.prefixes().forget(pages[count - 1]);
      }
      length += tokens;
      while ((long) count * pool.pageTokens() < length) {
        add(pool.take());
      }
      return copy;
    }
  }

  /**
   * Takes over kept pages of sequences that began alike, into an empty table.
   *
   * @param tokens of this sequence
   * @param most positions that may be taken over
   * @return number of positions that were
   */
  public int adopt(int[] tokens, int most) {
    requireOpen();
    if (length > 0) {
      throw new IllegalStateException("the page table holds positions already");
    }
    for (int page : pool.prefixes().take(tokens, most)) {
      add(page);
    }
    length = count * pool.pageTokens();
    return length;
  }

  /**
   * Keeps the full pages for sequences that begin alike. All positions must have been computed.
   *
   * @param tokens of this sequence, at least {@link #length}
   */
  public void publish(int[] tokens) {
    requireOpen();
    pool.prefixes().put(tokens, length, pages);
  }

  private PageCopy ownLastPage() {
    int shared = pages[count - 1];
    pages[count - 1] = pool.take();
    return new PageCopy(pool, shared, pages[count - 1]);
  }

  private void add(int page) {
    if (count == pages.length) {
      pages = Arrays.copyOf(pages, 2 * count);
    }
    pages[count++] = page;
  }

  /**
   * Forgets all positions from {@code newLength} on.
   *
   * @param newLength 0 to {@link #length}
   */
  public void truncate(int newLength) {
    requireOpen();
    if (newLength < 0 || newLength > length) {
      throw new IllegalArgumentException(
          "truncation to %d positions, expected 0 to %d".formatted(newLength, length));
    }
    length = newLength;
    while (count > Math.ceilDiv(newLength, pool.pageTokens())) {
      pool.release(pages[--count]);
    }
  }

  /** A table with the same positions that shares all pages with this one. */
  public PageTable fork() {
    requireOpen();
    PageTable fork = new PageTable(pool);
    for (int i = 0; i < count; i++) {
      pool.retain(pages[i]);
      fork.add(pages[i]);
    }
    fork.length = length;
    return fork;
  }

  /** Gives all pages back. */
  @Override
  public void close() {
    if (!closed) {
      truncate(0);
      closed = true;
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the page table is closed");
    }
  }
}
