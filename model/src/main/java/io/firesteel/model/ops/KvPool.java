package io.firesteel.model.ops;

import io.firesteel.model.kv.KvLayout;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * One layer's share of the KV cache in host memory: {@code pages} pages of {@code
 * layout.pageBytes()} bytes.
 *
 * @param layout where keys and values lie inside a page
 * @param data the pages, one after the other
 */
public record KvPool(KvLayout layout, MemorySegment data) {
  /** Checks that the memory is a whole number of pages. */
  public KvPool {
    Objects.requireNonNull(layout, "layout");
    if (data.byteSize() % layout.pageBytes() != 0) {
      throw new IllegalArgumentException(
          "byte size of the pool is "
              + data.byteSize()
              + ", expected a multiple of "
              + layout.pageBytes());
    }
  }

  /** Number of pages. */
  public int pages() {
    return Math.toIntExact(data.byteSize() / layout.pageBytes());
  }

  /** The bytes of one page. */
  public MemorySegment page(int page) {
    return data.asSlice(Objects.checkIndex(page, pages()) * layout.pageBytes(), layout.pageBytes());
  }
}
