package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.inOut;
import static io.firesteel.tornado.kernels.Argument.scalar;

import io.firesteel.model.ops.Heads;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Rounds the keys and values of each row to the cache's format and stores them at the row's
 * position; {@link io.firesteel.model.kv.KvLayout} has the order of a page, {@link
 * io.firesteel.model.kv.KvCodec} the rounding.
 *
 * <p>One work item for two elements of half floats, or 64 of bytes: no int of the cache is written
 * by two. No local memory. Moves 12 bytes an element, or 10.
 */
public final class AppendKv {
  private static final int RUN = 32;
  private static final float LARGEST_HALF = 65504;

  private AppendKv() {}

  static KernelTask task(Heads heads, FloatArray k, FloatArray v, KvArrays cache, int rows) {
    return cache.isHalf() ? halves(heads, k, v, cache, rows) : bytes(heads, k, v, cache, rows);
  }

  private static KernelTask halves(
      Heads heads, FloatArray k, FloatArray v, KvArrays cache, int rows) {
    return KernelTask.of(
        AppendKv.class,
        "halves",
        Geometry.ofItems(rows * heads.keyValueWidth() / 2),
        in(k),
        in(v),
        inOut(cache.data()),
        in(cache.tables()),
        in(cache.sequences()),
        in(cache.positions()),
        scalar(heads.keyValues()),
        scalar(heads.size()),
        scalar(cache.layout().pageTokens()),
        scalar(cache.tableStride()),
        scalar(rows),
        scalar(0));
  }

  private static KernelTask bytes(
      Heads heads, FloatArray k, FloatArray v, KvArrays cache, int rows) {
    return KernelTask.of(
        AppendKv.class,
        "bytes",
        Geometry.ofItems(rows * heads.keyValueWidth() / (2 * RUN)),
        in(k),
        in(v),
        inOut(cache.data()),
        in(cache.tables()),
        in(cache.sequences()),
        in(cache.positions()),
        scalar(heads.keyValues()),
        scalar(heads.size()),
        scalar(cache.layout().pageTokens()),
        scalar(cache.tableStride()),
        scalar(rows),
        scalar(0));
  }

  /**
   * The kernel for a cache of half floats.
   *
   * @param kept bits of the old contents that stay: none. A kernel that never reads an array gets
   *     it from TornadoVM without its contents, of which only a part is overwritten here; the
   *     compiled code knows the value and does not read
   */
  public static void halves(
      KernelContext context,
      FloatArray k,
      FloatArray v,
      IntArray cache,
      IntArray tables,
      IntArray sequences,
      IntArray positions,
      int kvHeads,
      int size,
      int pageTokens,
      int tableStride,
      int rows,
      int kept) {
    int i = context.globalIdx;
    int rowInts = size / 2;
    if (i < rows * kvHeads * rowInts) {
      int row = i / (kvHeads * rowInts);
      int head = i / rowInts % kvHeads;
      int position = positions.get(row);
      int page = tables.get(sequences.get(row) * tableStride + position / pageTokens);
      int planeInts = kvHeads * pageTokens * rowInts;
      int line = head * pageTokens + position % pageTokens;
      int target = 2 * page * planeInts + line * rowInts + i % rowInts;
      int key = Halves.ofFloat(k.get(2 * i)) | Halves.ofFloat(k.get(2 * i + 1)) << 16;
      int value = Halves.ofFloat(v.get(2 * i)) | Halves.ofFloat(v.get(2 * i + 1)) << 16;
      cache.set(target, cache.get(target) & kept | key);
      cache.set(target + planeInts, value);
    }
  }

  /**
   * The kernel for a cache of bytes with a scale for 32.
   *
   * @param kept bits of the old contents that stay: none, as in {@link #halves}
   */
  public static void bytes(
      KernelContext context,
      FloatArray k,
      FloatArray v,
      IntArray cache,
      IntArray tables,
      IntArray sequences,
      IntArray positions,
      int kvHeads,
      int size,
      int pageTokens,
      int tableStride,
      int rows,
      int kept) {
    int i = context.globalIdx;
    int pieces = size / (2 * RUN);
    if (i < rows * kvHeads * pieces) {
      int row = i / (kvHeads * pieces);
      int head = i / pieces % kvHeads;
      int position = positions.get(row);
      int pageInts = BytePages.pageInts(kvHeads, size, pageTokens);
      int planeInts = BytePages.planeInts(kvHeads, size, pageTokens);
      int page = tables.get(sequences.get(row) * tableStride + position / pageTokens) * pageInts;
      int line = head * pageTokens + position % pageTokens;
      int target = page + line * (size / 4) + i % pieces * 16;
      int scale = page + 2 * planeInts + line * pieces + i % pieces;
      int k0 = scale(k, i * 2 * RUN);
      int k1 = scale(k, i * 2 * RUN + RUN);
      store(k, i * 2 * RUN, k0, cache, target);
      store(k, i * 2 * RUN + RUN, k1, cache, target + 8);
      cache.set(scale, cache.get(scale) & kept | k0 | k1 << 16);
      int v0 = scale(v, i * 2 * RUN);
      int v1 = scale(v, i * 2 * RUN + RUN);
      store(v, i * 2 * RUN, v0, cache, target + planeInts);
      store(v, i * 2 * RUN + RUN, v1, cache, target + planeInts + 8);
      cache.set(scale + kvHeads * pageTokens * pieces, v0 | v1 << 16);
    }
  }

  /** Bits of the half-float scale of 32 elements. */
  private static int scale(FloatArray x, int from) {
    float largest = 0;
    for (int i = 0; i < RUN; i++) {
      float value = x.get(from + i);
      float size = value < 0 ? -value : value;
      largest = size > largest ? size : largest;
    }
    float scale = largest / 127;
    return Halves.ofFloat(scale < LARGEST_HALF ? scale : LARGEST_HALF);
  }

  private static void store(FloatArray x, int from, int scaleBits, IntArray cache, int target) {
    float scale = Halves.toFloat(scaleBits);
    for (int i = 0; i < RUN / 4; i++) {
      int bytes =
          (round(x.get(from + 4 * i), scale) & 255)
              | (round(x.get(from + 4 * i + 1), scale) & 255) << 8
              | (round(x.get(from + 4 * i + 2), scale) & 255) << 16
              | round(x.get(from + 4 * i + 3), scale) << 24;
      cache.set(target + i, bytes);
    }
  }

  /** Nearest number of steps from -127 to 127, made positive because casts cut towards zero. */
  private static int round(float value, float scale) {
    float steps = scale > 0 ? value / scale : 0;
    steps = steps > 127 ? 127 : steps;
    steps = steps < -127 ? -127 : steps;
    return (int) (steps + 128.5f) - 128;
  }
}
