package io.firesteel.tornado.engine;

import io.firesteel.tornado.kernels.Argument;
import io.firesteel.tornado.kernels.Geometry;
import io.firesteel.tornado.kernels.KernelTask;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Moves one page of a layer's cache: to another page, to memory that the host reads, or from memory
 * that the host has written. One work item for each int.
 */
public final class PageMove {
  /** From page to page. */
  static final int COPY = 0;

  /** From a page to the host's memory. */
  static final int READ = 1;

  /** From the host's memory to a page. */
  static final int WRITE = 2;

  private PageMove() {}

  /**
   * A launch.
   *
   * @param staging the host's memory, a page for each layer of the graph
   * @param move what to do, from which page, to which page
   * @param pageInts ints of a page
   * @param place which page of the staging memory; in an array, so that layers share their code
   */
  static KernelTask task(
      IntArray cache, IntArray staging, IntArray move, IntArray place, int pageInts) {
    return KernelTask.of(
        PageMove.class,
        "movePage",
        Geometry.ofItems(pageInts),
        Argument.inOut(cache),
        Argument.inOut(staging),
        Argument.in(move),
        Argument.in(place),
        Argument.scalar(pageInts));
  }

  /** A launch that changes nothing. */
  static KernelTask nothing(IntArray array) {
    return KernelTask.of(PageMove.class, "touch", Geometry.ofItems(1), Argument.inOut(array));
  }

  /** The kernel. */
  public static void movePage(
      KernelContext context,
      IntArray cache,
      IntArray staging,
      IntArray move,
      IntArray place,
      int pageInts) {
    int i = context.globalIdx;
    if (i < pageInts) {
      int what = move.get(0);
      int from = move.get(1) * pageInts + i;
      int to = move.get(2) * pageInts + i;
      int host = place.get(0) * pageInts + i;
      if (what == 0) {
        cache.set(to, cache.get(from));
      }
      if (what == 1) {
        staging.set(host, cache.get(from));
      }
      if (what == 2) {
        cache.set(to, staging.get(host));
      }
    }
  }

  /** The kernel of {@link #nothing}. */
  public static void touch(KernelContext context, IntArray array) {
    if (context.globalIdx == 0) {
      array.set(0, array.get(0));
    }
  }
}
