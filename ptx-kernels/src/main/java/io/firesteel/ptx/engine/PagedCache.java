package io.firesteel.ptx.engine;

import io.firesteel.model.engine.KvStorage;
import io.firesteel.model.kv.KvLayout;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** KV pages on the device: all pages of a layer, then those of the next. */
final class PagedCache implements KvStorage {
  private final KvLayout layout;
  private final int pages;
  private final int layers;
  private final DeviceBuffer buffer;
  private long changes;
  private boolean closed;

  /** Kernels read whole tiles and ignore what lies beyond a position; that must not be chance. */
  PagedCache(EngineMemory memory, KvLayout layout, int layers, int pages) {
    this.layout = layout;
    this.pages = pages;
    this.layers = layers;
    this.buffer = memory.allocate(Math.multiplyExact(layers, layerBytes()));
    buffer.clear();
  }

  private long layerBytes() {
    return pages * layout.pageBytes();
  }

  /** Address of a layer's pages. */
  long layer(int layer) {
    return buffer.address() + layer * layerBytes();
  }

  @Override
  public KvLayout layout() {
    return layout;
  }

  @Override
  public int layers() {
    return layers;
  }

  @Override
  public int pages() {
    return pages;
  }

  /** How often the host has changed pages. */
  long changes() {
    return changes;
  }

  @Override
  public void copy(int from, int to) {
    changes++;
    long source = offset(from);
    long target = offset(to);
    if (from != to) {
      for (int layer = 0; layer < layers; layer++) {
        long base = layer * layerBytes();
        buffer.move(base + source, base + target, layout.pageBytes());
      }
    }
  }

  @Override
  public void read(int page, MemorySegment target) {
    long offset = offset(page);
    for (int layer = 0; layer < layers; layer++) {
      buffer.read(layer * layerBytes() + offset, piece(target, layer));
    }
  }

  @Override
  public void write(int page, MemorySegment source) {
    long offset = offset(page);
    changes++;
    for (int layer = 0; layer < layers; layer++) {
      buffer.write(layer * layerBytes() + offset, piece(source, layer));
    }
  }

  private MemorySegment piece(MemorySegment page, int layer) {
    if (page.byteSize() != pageBytes()) {
      throw new IllegalArgumentException(
          "a page has " + page.byteSize() + " bytes, expected " + pageBytes());
    }
    return page.asSlice(layer * layout.pageBytes(), layout.pageBytes());
  }

  private long offset(int page) {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
    return Objects.checkIndex(page, pages) * layout.pageBytes();
  }

  void close() {
    closed = true;
  }
}
