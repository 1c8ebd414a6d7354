package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.inOut;
import static io.firesteel.tornado.kernels.Argument.scalar;

import io.firesteel.model.ops.Heads;
import io.firesteel.model.ops.Rope.Pairing;
import io.firesteel.tornado.kernels.RopeKvOp.HeadNorm;
import java.util.Optional;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Queries, keys and values of each row made ready for attention: RMSNorm of each query and key head
 * (where there is one), rotary position embedding of both in place (Su et al., "RoFormer", 2021),
 * and keys and values rounded to the cache's format and stored at the row's position; {@link
 * io.firesteel.model.kv.KvLayout} has the order of a page, {@link io.firesteel.model.kv.KvCodec}
 * the rounding.
 *
 * <p>One group of 128 work items for each head of a row: query heads, key heads, value heads. Local
 * memory 1.1 KiB. Moves 8 bytes an element of queries, 10 of keys and 6 of values for a cache of
 * half floats.
 */
public final class RopeAppend {
  private static final int GROUP = Geometry.GROUP;
  private static final int WARP = Geometry.WARP;
  private static final int LARGEST_SIZE = 256;

  /** Elements with one scale. */
  private static final int RUN = 32;

  private RopeAppend() {}

  /**
   * A launch; see {@link RopeKvOp#tasks}.
   *
   * @throws IllegalArgumentException if the norms add different numbers
   */
  static KernelTask task(
      Heads heads,
      FloatArray q,
      FloatArray k,
      FloatArray v,
      Optional<HeadNorm> queryNorm,
      Optional<HeadNorm> keyNorm,
      RopeArrays rope,
      KvArrays cache,
      int rows) {
    return KernelTask.of(
        RopeAppend.class,
        "ropeAppend",
        Geometry.ofGroups(rows * (heads.queries() + 2 * heads.keyValues())),
        inOut(q),
        inOut(k),
        in(v),
        in(weight(queryNorm, rope)),
        in(weight(keyNorm, rope)),
        in(rope.frequencies()),
        inOut(cache.data()),
        in(cache.tables()),
        in(cache.sequences()),
        in(cache.positions()),
        scalar(2 * PageShape.of(cache.layout()) + (rope.pairing() == Pairing.NEOX ? 1 : 0)),
        scalar(cache.tableStride()),
        scalar(rope.magnitude()),
        scalar(epsilon(queryNorm, keyNorm)));
  }

  /** Without a norm some array of another length than a norm's. */
  private static FloatArray weight(Optional<HeadNorm> norm, RopeArrays rope) {
    return norm.map(HeadNorm::weight).orElse(rope.frequencies());
  }

  private static float epsilon(Optional<HeadNorm> queryNorm, Optional<HeadNorm> keyNorm) {
    float query = queryNorm.or(() -> keyNorm).map(HeadNorm::epsilon).orElse(0f);
    float key = keyNorm.map(HeadNorm::epsilon).orElse(query);
    if (query != key) {
      throw new IllegalArgumentException(
          "epsilon of the query norm is " + query + ", expected that of the key norm, " + key);
    }
    return query;
  }

  /**
   * The kernel.
   *
   * @param q as many heads as its length tells
   * @param queryNorm a factor for each element of a head; no norm if it has another length
   * @param keyNorm likewise
   * @param frequencies for each pair of a head that is rotated
   * @param form twice a {@link PageShape}, and 1 if pairs are {@code (i, i + pairs)} as in
   *     GPT-NeoX, 0 if {@code (2i, 2i + 1)} as in Llama files
   */
  public static void ropeAppend(
      KernelContext context,
      FloatArray q,
      FloatArray k,
      FloatArray v,
      FloatArray queryNorm,
      FloatArray keyNorm,
      FloatArray frequencies,
      IntArray cache,
      IntArray tables,
      IntArray sequences,
      IntArray positions,
      int form,
      int tableStride,
      float magnitude,
      float epsilon) {
    float[] squares = context.allocateFloatLocalArray(GROUP / WARP);
    float[] head = context.allocateFloatLocalArray(LARGEST_SIZE);
    int[] scales = context.allocateIntLocalArray(LARGEST_SIZE / RUN);
    int item = context.localIdx;
    int shape = form >>> 1;
    int size = PageShape.headSize(shape);
    int kvHeads = PageShape.kvHeads(shape);
    int queries = q.getSize() / (positions.getSize() * size);
    int row = context.groupIdx / (queries + 2 * kvHeads);
    int index = context.groupIdx % (queries + 2 * kvHeads);
    int plane = index < queries + kvHeads ? 0 : 1;
    int kv = index - queries - plane * kvHeads;
    int first = (index < queries ? row * queries + index : row * kvHeads + kv) * size;
    int position = positions.get(row);
    int page = tables.get(sequences.get(row) * tableStride + PageShape.page(shape, position));
    int slot = PageShape.slot(shape, position);

    float square = 0;
    for (int e = item; e < size; e += GROUP) {
      float value = 0;
      if (index < queries) {
        value = q.get(first + e);
      } else if (plane == 0) {
        value = k.get(first + e);
      } else {
        value = v.get(first + e);
      }
      head[e] = value;
      square += value * value;
    }
    // Loads that need not wait for the sum of squares go before it.
    int pairs = frequencies.getSize();
    int halves = item < pairs ? form & 1 : 0;
    int one = halves == 1 ? item : 2 * item;
    int other = halves == 1 ? item + pairs : 2 * item + 1;
    float oneFactor = 1;
    float otherFactor = 1;
    float cos = 1;
    float sin = 0;
    if (plane == 0 && item < size / 2) {
      if (index < queries) {
        if (queryNorm.getSize() == size) {
          oneFactor = queryNorm.get(one);
          otherFactor = queryNorm.get(other);
        }
      } else if (keyNorm.getSize() == size) {
        oneFactor = keyNorm.get(one);
        otherFactor = keyNorm.get(other);
      }
      if (item < pairs) {
        float angle = Rotation.angle(position, frequencies.get(item));
        cos = TornadoMath.cos(angle) * magnitude;
        sin = TornadoMath.sin(angle) * magnitude;
      }
    }
    float warpSquare = Intrinsics.warpSum(context, square);
    if (item % WARP == 0) {
      squares[item / WARP] = warpSquare;
    }
    context.localBarrier();
    if (plane == 0 && item < size / 2) {
      float scale = 1;
      if (index < queries ? queryNorm.getSize() == size : keyNorm.getSize() == size) {
        float mean = (squares[0] + squares[1] + squares[2] + squares[3]) / size;
        scale = 1 / TornadoMath.sqrt(mean + epsilon);
      }
      float a = head[one] * scale * oneFactor;
      float b = head[other] * scale * otherFactor;
      float turnedOne = a * cos - b * sin;
      float turnedOther = a * sin + b * cos;
      head[one] = turnedOne;
      head[other] = turnedOther;
      if (index < queries) {
        q.set(first + one, turnedOne);
        q.set(first + other, turnedOther);
      } else {
        k.set(first + one, turnedOne);
        k.set(first + other, turnedOther);
      }
    }
    context.localBarrier();

    int elements = PageShape.elements(shape);
    int target = PageShape.row(shape, page, plane, kv, slot) + item;
    // A kernel that never reads an array gets it from TornadoVM without its contents, of which only
    // a part is overwritten here. No bit of the old contents stays; the compiled code knows that
    // and does not read.
    int kept = form >>> 31;
    if (elements == 2 && index >= queries && item < size / 2) {
      int word = Halves.ofFloat(head[2 * item]) | Halves.ofFloat(head[2 * item + 1]) << 16;
      cache.set(target, cache.get(target) & kept | word);
    }
    if (elements == 4) {
      int scaleBits = 0;
      if (item < size / 4) {
        float largest = 0;
        for (int i = 0; i < RUN; i++) {
          float value = head[item / 8 * RUN + i];
          float absolute = value < 0 ? -value : value;
          largest = absolute > largest ? absolute : largest;
        }
        scaleBits = ByteRuns.scale(largest);
        if (item % 8 == 0) {
          scales[item / 8] = scaleBits;
        }
      }
      context.localBarrier();
      if (index >= queries && item < size / 4) {
        float scale = Halves.toFloat(scaleBits);
        int word =
            (ByteRuns.round(head[4 * item], scale) & 255)
                | (ByteRuns.round(head[4 * item + 1], scale) & 255) << 8
                | (ByteRuns.round(head[4 * item + 2], scale) & 255) << 16
                | ByteRuns.round(head[4 * item + 3], scale) << 24;
        cache.set(target, cache.get(target) & kept | word);
      }
      if (index >= queries && item < size / (2 * RUN)) {
        int at = PageShape.scales(shape, page, plane, kv, slot);
        cache.set(at + item, scales[2 * item] | scales[2 * item + 1] << 16);
      }
    }
  }
}
