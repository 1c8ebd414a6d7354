package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.inOut;
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
 * <p>One group of 128 work items for each row, up to 8 query heads that share a key/value head, and
 * split. Work item {@code slice + slices * lane} has 4 elements of each query and of each weighted
 * sum, those of its slice, in registers: variables, since arrays of a work item lie in memory. It
 * goes through tiles of 8 positions for each lane. Every int of a key is read once, by one work
 * item, which multiplies its elements with all queries. The products of a position's slices meet in
 * local memory; 16 work items share a query head's softmax; values are then read as keys were. The
 * sums of the lanes meet at the end. A split without positions ends at once.
 *
 * <p>Local memory 43 KB. Moves the bytes of keys and values once, and 4 bytes an element of the
 * partials that are written.
 */
public final class SplitAttention {
  private static final int GROUP = Geometry.GROUP;
  private static final int LARGEST_SIZE = 256;

  /** Most query heads of a group. */
  private static final int HEADS = 8;

  /** Elements of a query, key or value that a work item works on. */
  private static final int ELEMENTS = 4;

  /** Positions of a tile for each lane. */
  private static final int ROUNDS = 8;

  private static final int LANES = 16;

  /**
   * Floats for a round's products of a query: one of each work item and one more of each lane, and
   * for all rounds of a query; 4 and 16 more than needed, so that work items of a softmax read from
   * different banks.
   */
  private static final int COLUMNS = GROUP + LANES + 4;

  private static final int QUERY = ROUNDS * COLUMNS + 16;

  /** Work items that share the softmax of a query head. */
  private static final int SHARERS = GROUP / HEADS;

  private static final float LOWEST = -3e38f;

  private SplitAttention() {}

  /** Groups for one row and split. */
  static int groups(Heads shape) {
    return shape.keyValues() * Math.ceilDiv(shape.group(), heads(shape.group()));
  }

  /** Whether heads of this size fit. */
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
        "split",
        Geometry.ofGroups(rows * groups(shape) * splits),
        in(q),
        in(cache.data()),
        in(cache.tables()),
        in(cache.sequences()),
        in(cache.positions()),
        inOut(partials),
        scalar(PageShape.of(cache.layout())),
        scalar(shape.group()),
        scalar(cache.tableStride()),
        scalar(splits),
        scalar(window),
        scalar(scale));
  }

  /**
   * The kernel.
   *
   * @param partials see {@link Partials}
   * @param shape a {@link PageShape}
   * @param group query heads of a key/value head
   */
  public static void split(
      KernelContext context,
      FloatArray q,
      IntArray cache,
      IntArray tables,
      IntArray sequences,
      IntArray positions,
      FloatArray partials,
      int shape,
      int group,
      int tableStride,
      int splits,
      int window,
      float scale) {
    float[] exchange = context.allocateFloatLocalArray(HEADS * QUERY);
    float[] weights = context.allocateFloatLocalArray(HEADS * ROUNDS * LANES);
    float[] shared = context.allocateFloatLocalArray(GROUP);
    float[] factors = context.allocateFloatLocalArray(HEADS);
    int size = PageShape.headSize(shape);
    int kvHeads = PageShape.kvHeads(shape);
    int per = PageShape.elements(shape);
    int heads = heads(group);
    int chunks = (group + heads - 1) / heads;
    int slices = size / ELEMENTS;
    int lanes = smaller(GROUP / slices, LANES);
    int tile = ROUNDS * lanes;

    int item = context.localIdx;
    int split = context.groupIdx % splits;
    int chunk = context.groupIdx / splits % chunks;
    int kv = context.groupIdx / (splits * chunks) % kvHeads;
    int row = context.groupIdx / (splits * chunks * kvHeads);
    int head = (row * kvHeads + kv) * group + chunk * heads;
    int count = smaller(heads, group - chunk * heads);
    int end = positions.get(row) + 1;
    int begin = Partials.begin(end, window);
    int share = Partials.share(end - begin, splits);
    int from = begin + split * share;
    int to = smaller(end, from + share);
    int table = sequences.get(row) * tableStride;
    int slice = item % slices;
    int lane = item / slices;
    int column = lane * (slices + 1) + slice;
    int pageInts = PageShape.pageInts(shape);
    int rowInts = size / per;
    int otherInts = HeadWords.otherInts(shape);
    int keyWord = HeadWords.word(shape, 0, kv, slice);
    int keyOther = HeadWords.other(shape, 0, kv, slice);
    int valueWord = HeadWords.word(shape, 1, kv, slice);
    int valueOther = HeadWords.other(shape, 1, kv, slice);
    int otherShift = HeadWords.otherShift(shape, slice);
    int sharedHead = item / SHARERS;
    float largest = LOWEST;
    float sum = 0;
    // Half floats come in steps: see HeadWords.
    float unit = per == 2 ? Halves.UNIT : 1;
    float factor = scale * unit;
    int first = head * size + HeadWords.element(per, slices, slice, 0);
    int third = HeadWords.element(per, slices, slice, 2) - HeadWords.element(per, slices, slice, 0);
    int at0 = first;
    int at1 = first + smaller(1, count - 1) * size;
    int at2 = first + smaller(2, count - 1) * size;
    int at3 = first + smaller(3, count - 1) * size;
    int at4 = first + smaller(4, count - 1) * size;
    int at5 = first + smaller(5, count - 1) * size;
    int at6 = first + smaller(6, count - 1) * size;
    int at7 = first + smaller(7, count - 1) * size;
    float q0a = q.get(at0) * factor;
    float q0b = q.get(at0 + 1) * factor;
    float q0c = q.get(at0 + third) * factor;
    float q0d = q.get(at0 + third + 1) * factor;
    float q1a = q.get(at1) * factor;
    float q1b = q.get(at1 + 1) * factor;
    float q1c = q.get(at1 + third) * factor;
    float q1d = q.get(at1 + third + 1) * factor;
    float q2a = q.get(at2) * factor;
    float q2b = q.get(at2 + 1) * factor;
    float q2c = q.get(at2 + third) * factor;
    float q2d = q.get(at2 + third + 1) * factor;
    float q3a = q.get(at3) * factor;
    float q3b = q.get(at3 + 1) * factor;
    float q3c = q.get(at3 + third) * factor;
    float q3d = q.get(at3 + third + 1) * factor;
    float q4a = q.get(at4) * factor;
    float q4b = q.get(at4 + 1) * factor;
    float q4c = q.get(at4 + third) * factor;
    float q4d = q.get(at4 + third + 1) * factor;
    float q5a = q.get(at5) * factor;
    float q5b = q.get(at5 + 1) * factor;
    float q5c = q.get(at5 + third) * factor;
    float q5d = q.get(at5 + third + 1) * factor;
    float q6a = q.get(at6) * factor;
    float q6b = q.get(at6 + 1) * factor;
    float q6c = q.get(at6 + third) * factor;
    float q6d = q.get(at6 + third + 1) * factor;
    float q7a = q.get(at7) * factor;
    float q7b = q.get(at7 + 1) * factor;
    float q7c = q.get(at7 + third) * factor;
    float q7d = q.get(at7 + third + 1) * factor;
    float s0a = 0;
    float s0b = 0;
    float s0c = 0;
    float s0d = 0;
    float s1a = 0;
    float s1b = 0;
    float s1c = 0;
    float s1d = 0;
    float s2a = 0;
    float s2b = 0;
    float s2c = 0;
    float s2d = 0;
    float s3a = 0;
    float s3b = 0;
    float s3c = 0;
    float s3d = 0;
    float s4a = 0;
    float s4b = 0;
    float s4c = 0;
    float s4d = 0;
    float s5a = 0;
    float s5b = 0;
    float s5c = 0;
    float s5d = 0;
    float s6a = 0;
    float s6b = 0;
    float s6c = 0;
    float s6d = 0;
    float s7a = 0;
    float s7b = 0;
    float s7c = 0;
    float s7d = 0;

    for (int start = from; start < to; start += tile) {
      int places = smaller(tile, to - start);
      int rounds = (places + 2 * lanes - 1) / (2 * lanes) * 2;
      int ownRounds = lane < lanes ? rounds : 0;
      int at = smaller(start + lane, to - 1);
      int page = tables.get(table + PageShape.page(shape, at)) * pageInts;
      int slot = PageShape.slot(shape, at);
      int word = cache.get(page + slot * rowInts + keyWord);
      int other = cache.get(page + slot * otherInts + keyOther) >>> otherShift;
      at = smaller(start + lanes + lane, to - 1);
      page = tables.get(table + PageShape.page(shape, at)) * pageInts;
      slot = PageShape.slot(shape, at);
      int word1 = cache.get(page + slot * rowInts + keyWord);
      int other1 = cache.get(page + slot * otherInts + keyOther) >>> otherShift;
      for (int r = 0; r < ownRounds; r += 2) {
        float kUnit = HeadWords.unit(per, other);
        float ka = HeadWords.value(per, word, other, kUnit, 0);
        float kb = HeadWords.value(per, word, other, kUnit, 1);
        float kc = HeadWords.value(per, word, other, kUnit, 2);
        float kd = HeadWords.value(per, word, other, kUnit, 3);
        float lUnit = HeadWords.unit(per, other1);
        float la = HeadWords.value(per, word1, other1, lUnit, 0);
        float lb = HeadWords.value(per, word1, other1, lUnit, 1);
        float lc = HeadWords.value(per, word1, other1, lUnit, 2);
        float ld = HeadWords.value(per, word1, other1, lUnit, 3);
        // The loads of the next two rounds are under way while these are computed.
        at = smaller(start + (r + 2) * lanes + lane, to - 1);
        page = tables.get(table + PageShape.page(shape, at)) * pageInts;
        slot = PageShape.slot(shape, at);
        word = cache.get(page + slot * rowInts + keyWord);
        other = cache.get(page + slot * otherInts + keyOther) >>> otherShift;
        at = smaller(start + (r + 3) * lanes + lane, to - 1);
        page = tables.get(table + PageShape.page(shape, at)) * pageInts;
        slot = PageShape.slot(shape, at);
        word1 = cache.get(page + slot * rowInts + keyWord);
        other1 = cache.get(page + slot * otherInts + keyOther) >>> otherShift;
        int target = r * COLUMNS + column;
        exchange[target] = q0a * ka + q0b * kb + q0c * kc + q0d * kd;
        exchange[target + COLUMNS] = q0a * la + q0b * lb + q0c * lc + q0d * ld;
        if (heads > 1) {
          exchange[target + QUERY] = q1a * ka + q1b * kb + q1c * kc + q1d * kd;
          exchange[target + QUERY + COLUMNS] = q1a * la + q1b * lb + q1c * lc + q1d * ld;
        }
        if (heads > 2) {
          exchange[target + 2 * QUERY] = q2a * ka + q2b * kb + q2c * kc + q2d * kd;
          exchange[target + 2 * QUERY + COLUMNS] = q2a * la + q2b * lb + q2c * lc + q2d * ld;
        }
        if (heads > 3) {
          exchange[target + 3 * QUERY] = q3a * ka + q3b * kb + q3c * kc + q3d * kd;
          exchange[target + 3 * QUERY + COLUMNS] = q3a * la + q3b * lb + q3c * lc + q3d * ld;
        }
        if (heads > 4) {
          exchange[target + 4 * QUERY] = q4a * ka + q4b * kb + q4c * kc + q4d * kd;
          exchange[target + 4 * QUERY + COLUMNS] = q4a * la + q4b * lb + q4c * lc + q4d * ld;
        }
        if (heads > 5) {
          exchange[target + 5 * QUERY] = q5a * ka + q5b * kb + q5c * kc + q5d * kd;
          exchange[target + 5 * QUERY + COLUMNS] = q5a * la + q5b * lb + q5c * lc + q5d * ld;
        }
        if (heads > 6) {
          exchange[target + 6 * QUERY] = q6a * ka + q6b * kb + q6c * kc + q6d * kd;
          exchange[target + 6 * QUERY + COLUMNS] = q6a * la + q6b * lb + q6c * lc + q6d * ld;
        }
        if (heads > 7) {
          exchange[target + 7 * QUERY] = q7a * ka + q7b * kb + q7c * kc + q7d * kd;
          exchange[target + 7 * QUERY + COLUMNS] = q7a * la + q7b * lb + q7c * lc + q7d * ld;
        }
      }
      // Values do not depend on scores: their first loads are under way during the softmax.
      at = smaller(start + lane, to - 1);
      page = tables.get(table + PageShape.page(shape, at)) * pageInts;
      slot = PageShape.slot(shape, at);
      word = cache.get(page + slot * rowInts + valueWord);
      other = cache.get(page + slot * otherInts + valueOther) >>> otherShift;
      at = smaller(start + lanes + lane, to - 1);
      page = tables.get(table + PageShape.page(shape, at)) * pageInts;
      slot = PageShape.slot(shape, at);
      word1 = cache.get(page + slot * rowInts + valueWord);
      other1 = cache.get(page + slot * otherInts + valueOther) >>> otherShift;
      context.localBarrier();

      float before = largest;
      if (sharedHead < heads) {
        for (int t = item % SHARERS; t < rounds * lanes; t += SHARERS) {
          int scores = sharedHead * QUERY + t / lanes * COLUMNS + t % lanes * (slices + 1);
          float score = 0;
          for (int s = 0; s < slices; s++) {
            score += exchange[scores + s];
          }
          score = t < places ? score : LOWEST;
          weights[sharedHead * tile + t] = score;
          largest = score > largest ? score : largest;
        }
      }
      shared[item] = largest;
      context.localBarrier();
      for (int i = 0; i < SHARERS; i++) {
        float max = shared[sharedHead * SHARERS + i];
        largest = max > largest ? max : largest;
      }
      float rescale = TornadoMath.exp(before - largest);
      sum *= rescale;
      if (sharedHead < heads) {
        for (int t = item % SHARERS; t < rounds * lanes; t += SHARERS) {
          float weight = TornadoMath.exp(weights[sharedHead * tile + t] - largest);
          weights[sharedHead * tile + t] = weight;
          sum += weight;
        }
        if (item % SHARERS == 0) {
          factors[sharedHead] = rescale;
        }
      }
      context.localBarrier();

      float f0 = factors[0];
      float f1 = factors[smaller(1, heads - 1)];
      float f2 = factors[smaller(2, heads - 1)];
      float f3 = factors[smaller(3, heads - 1)];
      float f4 = factors[smaller(4, heads - 1)];
      float f5 = factors[smaller(5, heads - 1)];
      float f6 = factors[smaller(6, heads - 1)];
      float f7 = factors[smaller(7, heads - 1)];
      s0a *= f0;
      s0b *= f0;
      s0c *= f0;
      s0d *= f0;
      s1a *= f1;
      s1b *= f1;
      s1c *= f1;
      s1d *= f1;
      s2a *= f2;
      s2b *= f2;
      s2c *= f2;
      s2d *= f2;
      s3a *= f3;
      s3b *= f3;
      s3c *= f3;
      s3d *= f3;
      s4a *= f4;
      s4b *= f4;
      s4c *= f4;
      s4d *= f4;
      s5a *= f5;
      s5b *= f5;
      s5c *= f5;
      s5d *= f5;
      s6a *= f6;
      s6b *= f6;
      s6c *= f6;
      s6d *= f6;
      s7a *= f7;
      s7b *= f7;
      s7c *= f7;
      s7d *= f7;
      for (int r = 0; r < ownRounds; r += 2) {
        float vUnit = HeadWords.unit(per, other);
        float va = HeadWords.value(per, word, other, vUnit, 0);
        float vb = HeadWords.value(per, word, other, vUnit, 1);
        float vc = HeadWords.value(per, word, other, vUnit, 2);
        float vd = HeadWords.value(per, word, other, vUnit, 3);
        float uUnit = HeadWords.unit(per, other1);
        float ua = HeadWords.value(per, word1, other1, uUnit, 0);
        float ub = HeadWords.value(per, word1, other1, uUnit, 1);
        float uc = HeadWords.value(per, word1, other1, uUnit, 2);
        float ud = HeadWords.value(per, word1, other1, uUnit, 3);
        at = smaller(start + (r + 2) * lanes + lane, to - 1);
        page = tables.get(table + PageShape.page(shape, at)) * pageInts;
        slot = PageShape.slot(shape, at);
        word = cache.get(page + slot * rowInts + valueWord);
        other = cache.get(page + slot * otherInts + valueOther) >>> otherShift;
        at = smaller(start + (r + 3) * lanes + lane, to - 1);
        page = tables.get(table + PageShape.page(shape, at)) * pageInts;
        slot = PageShape.slot(shape, at);
        word1 = cache.get(page + slot * rowInts + valueWord);
        other1 = cache.get(page + slot * otherInts + valueOther) >>> otherShift;
        int t = r * lanes + lane;
        float w0 = weights[t];
        float x0 = weights[t + lanes];
        s0a += w0 * va;
        s0a += x0 * ua;
        s0b += w0 * vb;
        s0b += x0 * ub;
        s0c += w0 * vc;
        s0c += x0 * uc;
        s0d += w0 * vd;
        s0d += x0 * ud;
        if (heads > 1) {
          float w1 = weights[tile + t];
          float x1 = weights[tile + t + lanes];
          s1a += w1 * va;
          s1a += x1 * ua;
          s1b += w1 * vb;
          s1b += x1 * ub;
          s1c += w1 * vc;
          s1c += x1 * uc;
          s1d += w1 * vd;
          s1d += x1 * ud;
        }
        if (heads > 2) {
          float w2 = weights[2 * tile + t];
          float x2 = weights[2 * tile + t + lanes];
          s2a += w2 * va;
          s2a += x2 * ua;
          s2b += w2 * vb;
          s2b += x2 * ub;
          s2c += w2 * vc;
          s2c += x2 * uc;
          s2d += w2 * vd;
          s2d += x2 * ud;
        }
        if (heads > 3) {
          float w3 = weights[3 * tile + t];
          float x3 = weights[3 * tile + t + lanes];
          s3a += w3 * va;
          s3a += x3 * ua;
          s3b += w3 * vb;
          s3b += x3 * ub;
          s3c += w3 * vc;
          s3c += x3 * uc;
          s3d += w3 * vd;
          s3d += x3 * ud;
        }
        if (heads > 4) {
          float w4 = weights[4 * tile + t];
          float x4 = weights[4 * tile + t + lanes];
          s4a += w4 * va;
          s4a += x4 * ua;
          s4b += w4 * vb;
          s4b += x4 * ub;
          s4c += w4 * vc;
          s4c += x4 * uc;
          s4d += w4 * vd;
          s4d += x4 * ud;
        }
        if (heads > 5) {
          float w5 = weights[5 * tile + t];
          float x5 = weights[5 * tile + t + lanes];
          s5a += w5 * va;
          s5a += x5 * ua;
          s5b += w5 * vb;
          s5b += x5 * ub;
          s5c += w5 * vc;
          s5c += x5 * uc;
          s5d += w5 * vd;
          s5d += x5 * ud;
        }
        if (heads > 6) {
          float w6 = weights[6 * tile + t];
          float x6 = weights[6 * tile + t + lanes];
          s6a += w6 * va;
          s6a += x6 * ua;
          s6b += w6 * vb;
          s6b += x6 * ub;
          s6c += w6 * vc;
          s6c += x6 * uc;
          s6d += w6 * vd;
          s6d += x6 * ud;
        }
        if (heads > 7) {
          float w7 = weights[7 * tile + t];
          float x7 = weights[7 * tile + t + lanes];
          s7a += w7 * va;
          s7a += x7 * ua;
          s7b += w7 * vb;
          s7b += x7 * ub;
          s7c += w7 * vc;
          s7c += x7 * uc;
          s7d += w7 * vd;
          s7d += x7 * ud;
        }
      }
    }

    if (lane < lanes) {
      exchange[column] = s0a;
      exchange[COLUMNS + column] = s0b;
      exchange[2 * COLUMNS + column] = s0c;
      exchange[3 * COLUMNS + column] = s0d;
      exchange[4 * COLUMNS + column] = s1a;
      exchange[5 * COLUMNS + column] = s1b;
      exchange[6 * COLUMNS + column] = s1c;
      exchange[7 * COLUMNS + column] = s1d;
      exchange[8 * COLUMNS + column] = s2a;
      exchange[9 * COLUMNS + column] = s2b;
      exchange[10 * COLUMNS + column] = s2c;
      exchange[11 * COLUMNS + column] = s2d;
      exchange[12 * COLUMNS + column] = s3a;
      exchange[13 * COLUMNS + column] = s3b;
      exchange[14 * COLUMNS + column] = s3c;
      exchange[15 * COLUMNS + column] = s3d;
      exchange[16 * COLUMNS + column] = s4a;
      exchange[17 * COLUMNS + column] = s4b;
      exchange[18 * COLUMNS + column] = s4c;
      exchange[19 * COLUMNS + column] = s4d;
      exchange[20 * COLUMNS + column] = s5a;
      exchange[21 * COLUMNS + column] = s5b;
      exchange[22 * COLUMNS + column] = s5c;
      exchange[23 * COLUMNS + column] = s5d;
      exchange[24 * COLUMNS + column] = s6a;
      exchange[25 * COLUMNS + column] = s6b;
      exchange[26 * COLUMNS + column] = s6c;
      exchange[27 * COLUMNS + column] = s6d;
      exchange[28 * COLUMNS + column] = s7a;
      exchange[29 * COLUMNS + column] = s7b;
      exchange[30 * COLUMNS + column] = s7c;
      exchange[31 * COLUMNS + column] = s7d;
    }
    shared[item] = sum;
    context.localBarrier();
    if (from < to) {
      for (int i = item; i < count * size; i += GROUP) {
        int e = HeadWords.indexInSlice(per, slices, i % size);
        int at = (i / size * ELEMENTS + e) * COLUMNS + i % size / per % slices;
        float total = 0;
        for (int l = 0; l < lanes; l++) {
          total += exchange[at + l * (slices + 1)];
        }
        int target = Partials.values(head + i / size, split, size, splits) + i % size;
        partials.set(target, total * unit);
      }
      if (item % SHARERS == 0 && sharedHead < count) {
        float headSum = 0;
        for (int i = 0; i < SHARERS; i++) {
          headSum += shared[item + i];
        }
        int at = Partials.states(head + sharedHead, size, splits) + split;
        // Nothing is kept, but an array that is written in part has to be read: see RopeAppend.
        int kept = (int) partials.get(at) & shape >>> 31;
        partials.set(at, largest + kept);
        partials.set(at + splits, headSum);
      }
    }
  }

  /** Query heads that a group computes together. */
  private static int heads(int group) {
    int chunks = (group + HEADS - 1) / HEADS;
    return (group + chunks - 1) / chunks;
  }

  private static int smaller(int a, int b) {
    return a < b ? a : b;
  }
}
