package io.firesteel.model.cpu;

import io.firesteel.model.engine.KvStorage;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.KvPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** KV pages outside the Java heap, one pool for each layer. */
final class CpuKvStorage implements KvStorage, AutoCloseable {
  private static final long ALIGNMENT = 64;

  private final KvLayout layout;
  private final int pages;
  private final Arena arena = Arena.ofShared();
  private final List<KvPool> layers = new ArrayList<>();

  CpuKvStorage(KvLayout layout, int layerCount, int pages) {
    this.layout = layout;
    this.pages = pages;
    try {
      for (int i = 0; i < layerCount; i++) {
        layers.add(new KvPool(layout, arena.allocate(pages * layout.pageBytes(), ALIGNMENT)));
      }
    } catch (Throwable t) {
      arena.close();
      throw t;
    }
  }

  /** The pages of a layer. */
  KvPool layer(int layer) {
    return layers.get(layer);
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
    checkOpen();
    for (KvPool layer : layers) {
      layer.page(to).copyFrom(layer.page(from));
    }
  }

  @Override
  public void read(int page, MemorySegment target) {
    checkOpen();
    long bytes = layout.pageBytes();
    for (int i = 0; i < layers.size(); i++) {
      MemorySegment.copy(layers.get(i).page(page), 0, target, i * bytes, bytes);
    }
  }

  @Override
  public void write(int page, MemorySegment source) {
    checkOpen();
    long bytes = layout.pageBytes();
    for (int i = 0; i < layers.size(); i++) {
      MemorySegment.copy(source, i * bytes, layers.get(i).page(page), 0, bytes);
    }
  }

  private void checkOpen() {
    if (!arena.scope().isAlive()) {
      throw new IllegalStateException("the engine is closed");
    }
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
