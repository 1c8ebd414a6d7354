package io.firesteel.tornado.engine;

import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.KvStorage;
import io.firesteel.model.kv.KvLayout;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** KV pages on the device, reached through graphs that move one page at a time. */
final class PagedCache implements KvStorage {
  private final TokenGraphs graphs;
  private final KvLayout layout;
  private final int layers;
  private final int pages;
  private boolean closed;

  PagedCache(TokenGraphs graphs, KvLayout layout, int layers, int pages) {
    this.graphs = graphs;
    this.layout = layout;
    this.layers = layers;
    this.pages = pages;
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

  @Override
  public void copy(int from, int to) {
    check(from);
    check(to);
    move(PageMove.COPY, from, to);
  }

  @Override
  public void read(int page, MemorySegment target) {
    check(page);
    checkSize(target);
    move(PageMove.READ, page, page);
    long at = 0;
    for (IntArray host : graphs.staging()) {
      long bytes = Math.min(host.getSegment().byteSize(), target.byteSize() - at);
      MemorySegment.copy(host.getSegment(), 0, target, at, bytes);
      at += bytes;
    }
  }

  @Override
  public void write(int page, MemorySegment source) {
    check(page);
    checkSize(source);
    long at = 0;
    for (IntArray host : graphs.staging()) {
      long bytes = Math.min(host.getSegment().byteSize(), source.byteSize() - at);
      MemorySegment.copy(source, at, host.getSegment(), 0, bytes);
      at += bytes;
    }
    move(PageMove.WRITE, page, page);
  }

  private void move(int what, int from, int to) {
    try {
      graphs.movePages(what, from, to);
    } catch (EngineException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private void check(int page) {
    if (closed) {
      throw new IllegalStateException("the engine is closed");
    }
    Objects.checkIndex(page, pages);
  }

  private void checkSize(MemorySegment page) {
    if (page.byteSize() != pageBytes()) {
      throw new IllegalArgumentException(
          "a page has " + page.byteSize() + " bytes, expected " + pageBytes());
    }
  }

  void close() {
    closed = true;
  }
}
