package io.firesteel.ptx.engine;

import io.firesteel.model.conformance.Nmse;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.Heads;
import io.firesteel.model.ops.KvPool;
import io.firesteel.model.ops.Rows;
import io.firesteel.model.reference.ReferenceOps;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Attention over one cache at many lengths against the reference. The pages lie in the cache from
 * back to front; no two positions hold the same keys, so that a position read from elsewhere shows.
 */
final class AttentionLengths {
  private static final int PAGE_TOKENS = 64;

  private final Heads heads;
  private final KvLayout layout;
  private final KvPool cache;
  private final int[] table;
  private final float[] q;

  /**
   * A cache.
   *
   * @param size head size
   * @param longest positions that it holds
   */
  AttentionLengths(int size, KvFormat format, int longest) {
    heads = new Heads(4, 1, size);
    layout = new KvLayout(format, 1, size, PAGE_TOKENS);
    int pages = layout.pagesFor(longest);
    table = new int[pages];
    Arrays.setAll(table, i -> pages - 1 - i);
    SplittableRandom random = new SplittableRandom(31L * size + format.name().length());
    cache = new KvPool(layout, filled(pages, random));
    q = new float[heads.queryWidth()];
    for (int i = 0; i < q.length; i++) {
      q[i] = (float) random.nextGaussian();
    }
  }

  private MemorySegment filled(int pages, SplittableRandom random) {
    byte[] bytes = new byte[Math.toIntExact(pages * layout.pageBytes())];
    random.nextBytes(bytes);
    int elements = Math.toIntExact(layout.keyScaleOffset(0, 0));
    for (int page = 0; page < pages; page++) {
      int at = Math.toIntExact(page * layout.pageBytes());
      if (layout.format() == KvFormat.F16) {
        halves(bytes, at, elements, 0x38);
      } else {
        halves(bytes, at + elements, Math.toIntExact(layout.pageBytes()) - elements, 0x20);
      }
    }
    return MemorySegment.ofArray(bytes);
  }

  /** Random bytes become half floats with this exponent: for 0x38 of 0.5 to 1, of both signs. */
  private static void halves(byte[] bytes, int from, int count, int exponent) {
    for (int i = from; i < from + count; i += Short.BYTES) {
      bytes[i + 1] = (byte) (bytes[i + 1] & 0x83 | exponent);
    }
  }

  /** Lengths up to the longest: around powers of two, of which the large ones are few. */
  static List<Integer> upTo(int longest) {
    List<Integer> lengths = new ArrayList<>(List.of(1, 2));
    for (int boundary :
        new int[] {32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 32_768, 131_072}) {
      for (int length : new int[] {boundary - 1, boundary, boundary + 1}) {
        if (length <= longest) {
          lengths.add(length);
        }
      }
    }
    return lengths;
  }

  /** NMSE of the result after {@code length} positions; NaN where anything is not finite. */
  double nmse(PtxOps ops, int length) {
    float[] found = new float[heads.queryWidth()];
    Arrays.fill(found, Float.NaN);
    float[] expected = found.clone();
    synchronized (ops) {
      ops.run(call(length, found));
    }
    try (ReferenceOps reference = new ReferenceOps()) {
      reference.run(call(length, expected));
    }
    return Nmse.of(found, expected);
  }

  private Attention call(int length, float[] out) {
    Rows newest = Rows.ofSequence(length - 1, 1, table);
    float scale = (float) (1 / Math.sqrt(heads.size()));
    return new Attention(heads, q, cache, newest, scale, 0, out);
  }
}
