package io.firesteel.model.conformance;

import io.firesteel.model.kv.KvCodec;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.Heads;
import io.firesteel.model.ops.KvPool;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.Rope;
import io.firesteel.model.ops.RopeKv;
import io.firesteel.model.ops.Rows;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Ops on the paged cache. Pages are scattered, and slots that nobody may read hold NaN. */
final class CacheCases {
  private static final int PAGE_TOKENS = 16;
  private static final Heads SMALL = new Heads(4, 2, 64);

  private final List<ConformanceCase> cases = new ArrayList<>();

  List<ConformanceCase> all() {
    rotations();
    lengths();
    headShapes();
    windows();
    manySequences();
    extremes();
    return cases;
  }

  private void rotations() {
    for (KvFormat format : KvFormat.values()) {
      for (Rope.Pairing pairing : Rope.Pairing.values()) {
        for (int size : new int[] {64, 128, 256, 512}) {
          ropeKv(new Heads(4, 2, size), format, pairing, size, true, 0, 5);
          ropeKv(new Heads(3, 1, size), format, pairing, size / 2, false, 13, 6);
        }
      }
    }
    ropeKv(SMALL, KvFormat.F32, Rope.Pairing.NEOX, 64, true, 131_000, 3);
    ropeKv(new Heads(2, 2, 96), KvFormat.F16, Rope.Pairing.NEOX, 24, true, 40, 1);
  }

  private void ropeKv(
      Heads heads,
      KvFormat format,
      Rope.Pairing pairing,
      int rotated,
      boolean norms,
      int first,
      int rows) {
    String name =
        "rope_kv %s, %s, %s, %d rotated, %s, %d rows from position %d"
            .formatted(
                text(heads), format, pairing, rotated, norms ? "norms" : "no norms", rows, first);
    add(
        Op.ROPE_KV,
        name,
        data -> {
          KvLayout layout = new KvLayout(format, heads.keyValues(), heads.size(), PAGE_TOKENS);
          int needed = layout.pagesFor(first + rows);
          // Far positions need long page tables: their early pages, which are not written, are all
          // one.
          int[] table = new int[needed];
          for (int i = Math.max(0, needed - 3); i < needed; i++) {
            table[i] = needed - i;
          }
          Norm none = new Norm(new float[0], 1e-6f);
          return new RopeKv(
              heads,
              data.normal(rows * heads.queryWidth(), 2),
              data.normal(rows * heads.keyValueWidth(), 2),
              data.normal(rows * heads.keyValueWidth(), 2),
              norms ? data.norm(heads.size()) : none,
              norms ? data.norm(heads.size()) : none,
              new Rope(pairing, frequencies(rotated / 2), 1.1f),
              Rows.ofSequence(first, rows, table),
              filled(data, layout, 4));
        });
  }

  private static float[] frequencies(int pairs) {
    float[] frequencies = new float[pairs];
    for (int i = 0; i < pairs; i++) {
      frequencies[i] = (float) Math.pow(10000, -(double) i / pairs);
    }
    return frequencies;
  }

  private static KvPool filled(RandomData data, KvLayout layout, int pages) {
    byte[] bytes = new byte[Math.toIntExact(pages * layout.pageBytes())];
    int[] values = data.integers(bytes.length, 256);
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return new KvPool(layout, MemorySegment.ofArray(bytes));
  }

  /** Around page boundaries and those of an implementation's own chunks. */
  private void lengths() {
    for (KvFormat format : KvFormat.values()) {
      for (int length : new int[] {1, 2, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 257, 700}) {
        attention(SMALL, format, length, 1, 0);
        if (length > 1) {
          attention(SMALL, format, length, Math.min(length, 7), 0);
        }
      }
      attention(SMALL, format, 150, 150, 0);
    }
  }

  private void headShapes() {
    for (KvFormat format : KvFormat.values()) {
      for (int size : new int[] {32, 64, 96, 128, 256, 512}) {
        attention(new Heads(2, 1, size), format, 70, 3, 0);
      }
      for (int group : new int[] {1, 2, 3, 4, 5, 7, 8, 16}) {
        attention(new Heads(2 * group, 2, 64), format, 40, 2, 0);
      }
    }
  }

  private void windows() {
    for (KvFormat format : KvFormat.values()) {
      for (int window : new int[] {1, 5, 16, 64, 65, 200}) {
        attention(SMALL, format, 180, 1, window);
        attention(SMALL, format, 180, 20, window);
      }
    }
  }

  /** Rows {@code length - rows} to {@code length - 1} of one sequence. */
  private void attention(Heads heads, KvFormat format, int length, int rows, int window) {
    String name =
        "attention %s, %s, length %d, %d rows, window %d"
            .formatted(text(heads), format, length, rows, window);
    add(
        Op.ATTENTION,
        name,
        data -> {
          int[] positions = IntStream.range(length - rows, length).toArray();
          return attention(data, heads, format, new int[rows], positions, window, 1);
        });
  }

  private void manySequences() {
    for (KvFormat format : KvFormat.values()) {
      add(
          Op.ATTENTION,
          "attention of rows of several sequences, " + format,
          data -> {
            int[] sequences = {2, 2, 2, 0, 1, 1, 3};
            int[] positions = {4, 5, 6, 99, 30, 31, 0};
            return attention(data, SMALL, format, sequences, positions, 0, 1);
          });
    }
  }

  private void extremes() {
    for (double magnitude : new double[] {0, 1e-3, 30}) {
      add(
          Op.ATTENTION,
          "attention of queries of " + magnitude,
          data ->
              attention(data, SMALL, KvFormat.F32, new int[2], new int[] {80, 81}, 0, magnitude));
    }
  }

  private static Attention attention(
      RandomData data,
      Heads heads,
      KvFormat format,
      int[] sequences,
      int[] positions,
      int window,
      double magnitude) {
    KvLayout layout = new KvLayout(format, heads.keyValues(), heads.size(), PAGE_TOKENS);
    int count = Arrays.stream(sequences).max().orElseThrow() + 1;
    int[] begins = new int[count];
    int[] ends = new int[count];
    Arrays.fill(begins, Integer.MAX_VALUE);
    for (int row = 0; row < sequences.length; row++) {
      int seen = window == 0 ? 0 : Math.max(0, positions[row] - window + 1);
      begins[sequences[row]] = Math.min(begins[sequences[row]], seen);
      ends[sequences[row]] = Math.max(ends[sequences[row]], positions[row] + 1);
    }
    int[][] tables = new int[count][];
    int pages = Arrays.stream(ends).map(layout::pagesFor).sum();
    int[] scattered = data.distinct(pages, pages);
    KvPool pool = poisoned(layout, pages);
    int next = 0;
    for (int s = 0; s < count; s++) {
      tables[s] = Arrays.copyOfRange(scattered, next, next += layout.pagesFor(ends[s]));
      fill(data, pool, tables[s], begins[s], ends[s]);
    }
    float[] q = data.normal(positions.length * heads.queryWidth(), magnitude);
    Rows rows = new Rows(sequences, positions, tables);
    float scale = (float) (1 / Math.sqrt(heads.size()));
    return new Attention(heads, q, pool, rows, scale, window, new float[q.length]);
  }

  /** All floats NaN; quants, which have none, with scales of NaN. */
  private static KvPool poisoned(KvLayout layout, int pages) {
    byte[] bytes = new byte[Math.toIntExact(pages * layout.pageBytes())];
    Arrays.fill(bytes, (byte) 0x7f);
    return new KvPool(layout, MemorySegment.ofArray(bytes));
  }

  private static void fill(RandomData data, KvPool pool, int[] table, int begin, int end) {
    KvLayout layout = pool.layout();
    KvCodec codec = new KvCodec(layout);
    for (int position = begin; position < end; position++) {
      MemorySegment page = pool.page(table[position / layout.pageTokens()]);
      int slot = position % layout.pageTokens();
      for (int head = 0; head < layout.kvHeads(); head++) {
        codec.writeKey(page, head, slot, data.normal(layout.headSize(), 1), 0);
        codec.writeValue(page, head, slot, data.normal(layout.headSize(), 1), 0);
      }
    }
  }

  private static String text(Heads heads) {
    return "%d/%d heads of %d".formatted(heads.queries(), heads.keyValues(), heads.size());
  }

  private void add(Op op, String name, Function<RandomData, OpCall> call) {
    cases.add(new ConformanceCase(op, name, () -> call.apply(new RandomData(name.hashCode()))));
  }
}
