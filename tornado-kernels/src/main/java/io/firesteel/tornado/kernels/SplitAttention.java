package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;

import io.firesteel.model.ops.Heads;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Flash-decode over one share of a sequence: for each query head the largest score, the sum of
 * {@code exp(score - largest)}, and the values weighted by these, over the positions of one split
 * (Dao et al., "Flash-Decoding for long-context inference", 2023).
 *
 * <p>One group of 128 work items for each row, key/value head and split. The query heads that share
 * the key/value head are computed together, so that each tile of 16 keys and values is read once
 * for up to 16 of them. Where these have more than 2,048 elements, several groups take a share.
 * Local memory 35 KiB. Moves the bytes of keys and values once, and 4 bytes an element of a
 * partial.
 *
 * <p>A partial is {@code size} weighted sums, the largest score and the sum; partials are ordered
 * by row, query head, split.
 */
public final class SplitAttention {
  private static final int GROUP = Geometry.GROUP;
  private static final int TILE = 16;
  private static final int HEADS = 16;
  private static final int ELEMENTS = 2048;
  private static final int LARGEST_SIZE = 256;
  private static final float LOWEST = -3e38f;

  private SplitAttention() {}

  /** Floats of all partials. */
  static int partials(Heads shape, int rows, int splits) {
    return rows * shape.queries() * splits * (shape.size() + 2);
  }

  /** Groups for one row and split. */
  static int groups(Heads shape) {
    return shape.keyValues() * Math.ceilDiv(shape.group(), heads(shape.group(), shape.size()));
  }

  /** Whether heads of this size fit into local memory. */
  static boolean fits(int size) {
    return size <= LARGEST_SIZE;
  }

  static KernelTask task(
      Heads shape,
      FloatArray q,
      KvArrays cache,
      float scale,
      int window,
      FloatArray partials,
      int rows,
      int splits) {
    return KernelTask.of(
        SplitAttention.class,
        cache.isHalf() ? "halves" : "bytes",
        Geometry.ofGroups(rows * groups(shape) * splits),
        in(q),
        in(cache.data()),
        in(cache.tables()),
        in(cache.sequences()),
        in(cache.positions()),
        out(partials),
        scalar(shape.keyValues()),
        scalar(shape.group()),
        scalar(shape.size()),
        scalar(cache.layout().pageTokens()),
        scalar(cache.tableStride()),
        scalar(splits),
        scalar(window),
        scalar(scale));
  }

  /** The kernel for a cache of half floats. */
  public static void halves(
      KernelContext context,
      FloatArray q,
      IntArray cache,
      IntArray tables,
      IntArray sequences,
      IntArray positions,
      FloatArray partials,
      int kvHeads,
      int group,
      int size,
      int pageTokens,
      int tableStride,
      int splits,
      int window,
      float scale) {
    int item = context.localIdx;
    float[] queries = context.allocateFloatLocalArray(ELEMENTS);
    float[] sums = context.allocateFloatLocalArray(ELEMENTS);
    float[] tile = context.allocateFloatLocalArray(TILE * (LARGEST_SIZE + 1));
    float[] scores = context.allocateFloatLocalArray(HEADS * TILE);
    float[] state = context.allocateFloatLocalArray(3 * HEADS);
    int heads = heads(group, size);
    int chunks = (group + heads - 1) / heads;
    int split = context.groupIdx % splits;
    int chunk = context.groupIdx / splits % chunks;
    int kv = context.groupIdx / (splits * chunks) % kvHeads;
    int row = context.groupIdx / (splits * chunks * kvHeads);
    int head = kv * group + chunk * heads;
    int count = smaller(heads, group - chunk * heads);
    for (int i = item; i < count * size; i += GROUP) {
      queries[i] = q.get((row * kvHeads * group + head) * size + i) * scale;
      sums[i] = 0;
    }
    if (item < count) {
      state[item] = LOWEST;
      state[HEADS + item] = 0;
    }
    int end = positions.get(row) + 1;
    int begin = window > 0 && end > window ? end - window : 0;
    int share = ((end - begin + TILE - 1) / TILE + splits - 1) / splits * TILE;
    int from = begin + split * share;
    int to = smaller(end, from + share);
    int table = sequences.get(row) * tableStride;
    for (int start = from; start < to; start += TILE) {
      int places = smaller(TILE, to - start);
      for (int i = item; i < places * (size / 2); i += GROUP) {
        int t = i / (size / 2);
        int within = i % (size / 2);
        int pair =
            HalfPages.pair(
                cache, tables, table, 0, start + t, within, kv, kvHeads, size, pageTokens);
        tile[t * (size + 1) + 2 * within] = Halves.toFloat(pair);
        tile[t * (size + 1) + 2 * within + 1] = Halves.toFloat(pair >>> 16);
      }
      context.localBarrier();
      for (int i = item; i < count * TILE; i += GROUP) {
        int query = i / TILE * size;
        int key = i % TILE * (size + 1);
        if (i % TILE < places) {
          float product = 0;
          for (int e = 0; e < size; e++) {
            product += queries[query + e] * tile[key + e];
          }
          scores[i] = product;
        }
      }
      context.localBarrier();
      if (item < count) {
        float before = state[item];
        float largest = before;
        for (int t = 0; t < places; t++) {
          float score = scores[item * TILE + t];
          largest = score > largest ? score : largest;
        }
        float factor = TornadoMath.exp(before - largest);
        float sum = state[HEADS + item] * factor;
        for (int t = 0; t < places; t++) {
          float weight = TornadoMath.exp(scores[item * TILE + t] - largest);
          scores[item * TILE + t] = weight;
          sum += weight;
        }
        state[item] = largest;
        state[HEADS + item] = sum;
        state[2 * HEADS + item] = factor;
      }
      for (int i = item; i < places * (size / 2); i += GROUP) {
        int t = i / (size / 2);
        int within = i % (size / 2);
        int pair =
            HalfPages.pair(
                cache, tables, table, 1, start + t, within, kv, kvHeads, size, pageTokens);
        tile[t * (size + 1) + 2 * within] = Halves.toFloat(pair);
        tile[t * (size + 1) + 2 * within + 1] = Halves.toFloat(pair >>> 16);
      }
      context.localBarrier();
      for (int i = item; i < count * size; i += GROUP) {
        float weighed = sums[i] * state[2 * HEADS + i / size];
        for (int t = 0; t < places; t++) {
          weighed += scores[i / size * TILE + t] * tile[t * (size + 1) + i % size];
        }
        sums[i] = weighed;
      }
      context.localBarrier();
    }
    int target = ((row * kvHeads * group + head) * splits + split) * (size + 2);
    int stride = splits * (size + 2);
    for (int i = item; i < count * size; i += GROUP) {
      partials.set(target + i / size * stride + i % size, sums[i]);
    }
    if (item < count) {
      partials.set(target + item * stride + size, state[item]);
      partials.set(target + item * stride + size + 1, state[HEADS + item]);
    }
  }

  /** The kernel for a cache of bytes with a scale for 32. */
  public static void bytes(
      KernelContext context,
      FloatArray q,
      IntArray cache,
      IntArray tables,
      IntArray sequences,
      IntArray positions,
      FloatArray partials,
      int kvHeads,
      int group,
      int size,
      int pageTokens,
      int tableStride,
      int splits,
      int window,
      float scale) {
    int item = context.localIdx;
    float[] queries = context.allocateFloatLocalArray(ELEMENTS);
    float[] sums = context.allocateFloatLocalArray(ELEMENTS);
    float[] tile = context.allocateFloatLocalArray(TILE * (LARGEST_SIZE + 1));
    float[] scores = context.allocateFloatLocalArray(HEADS * TILE);
    float[] state = context.allocateFloatLocalArray(3 * HEADS);
    int heads = heads(group, size);
    int chunks = (group + heads - 1) / heads;
    int split = context.groupIdx % splits;
    int chunk = context.groupIdx / splits % chunks;
    int kv = context.groupIdx / (splits * chunks) % kvHeads;
    int row = context.groupIdx / (splits * chunks * kvHeads);
    int head = kv * group + chunk * heads;
    int count = smaller(heads, group - chunk * heads);
    for (int i = item; i < count * size; i += GROUP) {
      queries[i] = q.get((row * kvHeads * group + head) * size + i) * scale;
      sums[i] = 0;
    }
    if (item < count) {
      state[item] = LOWEST;
      state[HEADS + item] = 0;
    }
    int end = positions.get(row) + 1;
    int begin = window > 0 && end > window ? end - window : 0;
    int share = ((end - begin + TILE - 1) / TILE + splits - 1) / splits * TILE;
    int from = begin + split * share;
    int to = smaller(end, from + share);
    int table = sequences.get(row) * tableStride;
    for (int start = from; start < to; start += TILE) {
      int places = smaller(TILE, to - start);
      for (int i = item; i < places * (size / 4); i += GROUP) {
        int t = i / (size / 4);
        int within = i % (size / 4);
        int page = tables.get(table + (start + t) / pageTokens);
        int place = (start + t) % pageTokens;
        int quads = BytePages.quad(cache, page, 0, place, within, kv, kvHeads, size, pageTokens);
        float unit = BytePages.scale(cache, page, 0, place, within, kv, kvHeads, size, pageTokens);
        int to4 = t * (size + 1) + 4 * within;
        tile[to4] = Bytes.signed(quads, 0) * unit;
        tile[to4 + 1] = Bytes.signed(quads, 8) * unit;
        tile[to4 + 2] = Bytes.signed(quads, 16) * unit;
        tile[to4 + 3] = Bytes.signed(quads, 24) * unit;
      }
      context.localBarrier();
      for (int i = item; i < count * TILE; i += GROUP) {
        int query = i / TILE * size;
        int key = i % TILE * (size + 1);
        if (i % TILE < places) {
          float product = 0;
          for (int e = 0; e < size; e++) {
            product += queries[query + e] * tile[key + e];
          }
          scores[i] = product;
        }
      }
      context.localBarrier();
      if (item < count) {
        float before = state[item];
        float largest = before;
        for (int t = 0; t < places; t++) {
          float score = scores[item * TILE + t];
          largest = score > largest ? score : largest;
        }
        float factor = TornadoMath.exp(before - largest);
        float sum = state[HEADS + item] * factor;
        for (int t = 0; t < places; t++) {
          float weight = TornadoMath.exp(scores[item * TILE + t] - largest);
          scores[item * TILE + t] = weight;
          sum += weight;
        }
        state[item] = largest;
        state[HEADS + item] = sum;
        state[2 * HEADS + item] = factor;
      }
      for (int i = item; i < places * (size / 4); i += GROUP) {
        int t = i / (size / 4);
        int within = i % (size / 4);
        int page = tables.get(table + (start + t) / pageTokens);
        int place = (start + t) % pageTokens;
        int quads = BytePages.quad(cache, page, 1, place, within, kv, kvHeads, size, pageTokens);
        float unit = BytePages.scale(cache, page, 1, place, within, kv, kvHeads, size, pageTokens);
        int to4 = t * (size + 1) + 4 * within;
        tile[to4] = Bytes.signed(quads, 0) * unit;
        tile[to4 + 1] = Bytes.signed(quads, 8) * unit;
        tile[to4 + 2] = Bytes.signed(quads, 16) * unit;
        tile[to4 + 3] = Bytes.signed(quads, 24) * unit;
      }
      context.localBarrier();
      for (int i = item; i < count * size; i += GROUP) {
        float weighed = sums[i] * state[2 * HEADS + i / size];
        for (int t = 0; t < places; t++) {
          weighed += scores[i / size * TILE + t] * tile[t * (size + 1) + i % size];
        }
        sums[i] = weighed;
      }
      context.localBarrier();
    }
    int target = ((row * kvHeads * group + head) * splits + split) * (size + 2);
    int stride = splits * (size + 2);
    for (int i = item; i < count * size; i += GROUP) {
      partials.set(target + i / size * stride + i % size, sums[i]);
    }
    if (item < count) {
      partials.set(target + item * stride + size, state[item]);
      partials.set(target + item * stride + size + 1, state[HEADS + item]);
    }
  }

  /** Query heads that a group computes together. */
  private static int heads(int group, int size) {
    return smaller(smaller(group, HEADS), ELEMENTS / size);
  }

  private static int smaller(int a, int b) {
    return a < b ? a : b;
  }
}
