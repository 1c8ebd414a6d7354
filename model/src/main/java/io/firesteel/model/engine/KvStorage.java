package io.firesteel.model.engine;

import io.firesteel.model.kv.KvLayout;
import java.lang.foreign.MemorySegment;

/**
 * The memory of an engine's KV pages. A page spans all layers: page {@code p} consists of {@link
 * #layers} pieces of {@code layout().pageBytes()} bytes, one for each layer.
 */
public interface KvStorage {
  /** Layout of a page in each layer. */
  KvLayout layout();

  /** Number of layers. */
  int layers();

  /** Number of pages. */
  int pages();

  /** Bytes of one page over all layers. */
  default long pageBytes() {
    return layers() * layout().pageBytes();
  }

  /** Copies page {@code from} to page {@code to} in all layers (copy-on-write). */
  void copy(int from, int to);

  /**
   * Reads a page into host memory, layer after layer.
   *
   * @param target {@link #pageBytes} bytes
   */
  void read(int page, MemorySegment target);

  /**
   * Writes a page from host memory, layer after layer.
   *
   * @param source {@link #pageBytes} bytes
   */
  void write(int page, MemorySegment source);
}
