package io.firesteel.ptx.engine;

import io.firesteel.model.engine.KvStorage;
import io.firesteel.model.kv.KvLayout;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** KV pages on the device: one run of memory for each layer. */
final class PagedCache implements KvStorage {
  private final KvLayout layout;
  private final int pages;
  private final List<DeviceBuffer> layers = new ArrayList<>();
  private boolean closed;

  PagedCache(EngineMemory memory, KvLayout layout, int layers, int pages) {
    this.layout = layout;
    this.pages = pages;
    for (int layer = 0; layer < layers; layer++) {
      DeviceBuffer buffer = memory.allocate(pages * layout.pageBytes());
      clear(buffer);
      this.layers.add(buffer);
    }
  }

  /** Kernels read whole tiles and ignore what lies beyond a position; that must not be chance. */
  private void clear(DeviceBuffer buffer) {
    MemorySegment zeros = MemorySegment.ofArray(new byte[Math.toIntExact(layout.pageBytes())]);
    for (int page = 0; page < pages; page++) {
      buffer.write(page * layout.pageBytes(), zeros);
    }
  }

  /** Address of a layer's pages. */
  long layer(int layer) {
    return layers.get(layer).address();
  }

  @Override
  public KvLayout layout() {
    return layout;
  }

  @Override
  public int layers() {
    return layers.size();
  }

  @Override
  public int pages() {
    return pages;
  }

  @Override
  public void copy(int from, int to) {
    long source = offset(from);
    long target = offset(to);
    if (from != to) {
      layers.forEach(layer -> layer.move(source, target, layout.pageBytes()));
    }
  }

  @Override
  public void read(int page, MemorySegment target) {
    long offset = offset(page);
    for (int i = 0; i < layers.size(); i++) {
      layers.get(i).read(offset, piece(target, i));
    }
  }

  @Override
  public void write(int page, MemorySegment source) {
    long offset = offset(page);
    for (int i = 0; i < layers.size(); i++) {
      layers.get(i).write(offset, piece(source, i));
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
