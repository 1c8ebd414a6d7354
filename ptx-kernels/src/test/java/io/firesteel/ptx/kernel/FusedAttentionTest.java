package io.firesteel.ptx.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.kv.KvCodec;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.Heads;
import io.firesteel.model.ops.KvPool;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.Rope;
import io.firesteel.model.ops.RopeKv;
import io.firesteel.model.ops.Rows;
import io.firesteel.model.reference.ReferenceOps;
import io.firesteel.ptx.kernel.Kernels.Rotation;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Norm, rotation, append and attention in one launch, at every kind of boundary: the first
 * position, the last one of a fragment, a tile, a page and a split; unwritten positions hold NaN.
 */
class FusedAttentionTest {
  private static final float EPSILON = 1e-6f;
  private static final double TOLERANCE = 2e-6;

  private final Bench bench = new Bench();
  private final ReferenceOps reference = new ReferenceOps();

  @ParameterizedTest(
      name = "{0}/{1} heads of {2}, {3}, pages of {4}, {5} splits, window {6}, {7} pairs {8}")
  @CsvSource({
    "8, 1, 128, F16, 64, 2, 0, NEOX, 64, 127 128 300 0 16",
    "8, 1, 128, Q8, 64, 2, 0, NEOX, 64, 127 128 300 0 16",
    "32, 4, 128, F16, 16, 4, 0, NORMAL, 64, 700",
    "20, 2, 64, Q8, 64, 3, 0, NEOX, 16, 500 63",
    "7, 1, 128, F16, 64, 3, 100, NEOX, 64, 99 100 333 227",
    "8, 1, 256, F16, 64, 2, 33, NEOX, 128, 200 63 32",
    "4, 1, 512, Q8, 64, 3, 0, NEOX, 128, 70 63 31",
    "4, 1, 512, F16, 64, 3, 0, NEOX, 128, 70 63 31"
  })
  void agreesWithTheReference(
      int queries,
      int keyValues,
      int size,
      KvFormat format,
      int pageTokens,
      int splits,
      int window,
      Rope.Pairing pairing,
      int pairs,
      String positions) {
    Heads heads = new Heads(queries, keyValues, size);
    KvLayout layout = new KvLayout(format, keyValues, size, pageTokens);
    int[] at = ints(positions);
    Rows rows = rows(at, layout);
    KvPool pool = pool(rows, layout);
    long cache = bench.upload(pool.data());
    int count = at.length;
    float[] q = bench.floats(count * heads.queryWidth(), 1.5f);
    float[] k = bench.floats(count * heads.keyValueWidth(), 1);
    float[] v = bench.floats(count * heads.keyValueWidth(), 1);
    Norm queryNorm = new Norm(bench.floats(size, 1), EPSILON);
    Norm keyNorm = new Norm(bench.floats(size, 1), EPSILON);
    Rope rope = new Rope(pairing, frequencies(pairs), 1.1f);
    float scale = (float) (1 / Math.sqrt(size));

    Map<String, Long> arguments = new HashMap<>();
    arguments.put("q", bench.upload(q));
    arguments.put("k", bench.upload(k));
    arguments.put("v", bench.upload(v));
    arguments.put("q_norm", bench.upload(queryNorm.weight()));
    arguments.put("k_norm", bench.upload(keyNorm.weight()));
    arguments.put("frequencies", bench.upload(rope.frequencies()));
    arguments.put("sequences", bench.upload(rows.sequences()));
    arguments.put("positions", bench.upload(at));
    int stride =
        IntStream.range(0, count).map(r -> rows.pageTables()[r].length).max().orElseThrow();
    arguments.put("tables", bench.upload(table(rows, stride)));
    arguments.put("table_stride", (long) stride);
    arguments.put("cache", cache);
    arguments.put("partials", bench.allocate(4 * Kernels.attentionPartials(heads, count, splits)));
    int sets = Kernels.attentionSets(heads);
    long counters = bench.upload(new int[count * sets]);
    arguments.put("counters", counters);
    arguments.put("rows", (long) count);
    long out = bench.allocate(4L * q.length);
    arguments.put("out", out);
    Rotation rotation = new Rotation(rope, true, EPSILON, true, EPSILON);
    bench.launch(Kernels.fusedAttention(heads, layout, rotation, scale, window, splits), arguments);

    float[] rotated = q.clone();
    reference.run(new RopeKv(heads, rotated, k, v, queryNorm, keyNorm, rope, rows, pool));
    float[] expected = new float[q.length];
    reference.run(new Attention(heads, rotated, pool, rows, scale, window, expected));
    double nmse = Bench.nmse(bench.floatsAt(out, q.length), expected);
    assertTrue(nmse < TOLERANCE, "NMSE is " + nmse);
    assertArrayEquals(new int[count * sets], bench.intsAt(counters, count * sets));
    assertCacheAgrees(cache, rows, layout, pool);
  }

  private void assertCacheAgrees(long cache, Rows rows, KvLayout layout, KvPool pool) {
    byte[] found = bench.bytesAt(cache, Math.toIntExact(pool.data().byteSize()));
    KvPool after = new KvPool(layout, MemorySegment.ofArray(found));
    KvCodec codec = new KvCodec(layout);
    int size = layout.headSize();
    for (int row = 0; row < rows.count(); row++) {
      int slot = rows.positions()[row] % layout.pageTokens();
      int page = rows.page(row, rows.positions()[row], layout);
      for (int head = 0; head < layout.kvHeads(); head++) {
        assertRow(codec, after.page(page), pool.page(page), head, slot, size);
      }
    }
    byte[] expected = pool.data().toArray(ValueLayout.JAVA_BYTE);
    long differing = IntStream.range(0, found.length).filter(i -> found[i] != expected[i]).count();
    assertTrue(differing < found.length / 50 + 40, differing + " bytes of the cache differ");
  }

  private static void assertRow(
      KvCodec codec, MemorySegment found, MemorySegment expected, int head, int slot, int size) {
    float[] a = new float[size];
    float[] b = new float[size];
    codec.readKeys(found, head, slot, 1, a, 0);
    codec.readKeys(expected, head, slot, 1, b, 0);
    assertEquals(0, Bench.nmse(a, b), 1e-5);
    codec.readValues(found, head, slot, 1, a, 0);
    codec.readValues(expected, head, slot, 1, b, 0);
    assertEquals(0, Bench.nmse(a, b), 1e-5);
  }

  private static int[] ints(String text) {
    return Arrays.stream(text.trim().split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  private static float[] frequencies(int pairs) {
    float[] frequencies = new float[pairs];
    for (int i = 0; i < pairs; i++) {
      frequencies[i] = (float) Math.pow(1e4, -(double) i / pairs);
    }
    return frequencies;
  }

  /** One sequence for each row; the pages lie in falling order. */
  private static Rows rows(int[] positions, KvLayout layout) {
    int pages = IntStream.of(positions).map(p -> layout.pagesFor(p + 1)).sum();
    int[][] tables = new int[positions.length][];
    int next = pages;
    for (int row = 0; row < positions.length; row++) {
      tables[row] = new int[layout.pagesFor(positions[row] + 1)];
      for (int i = 0; i < tables[row].length; i++) {
        tables[row][i] = --next;
      }
    }
    return new Rows(IntStream.range(0, positions.length).toArray(), positions, tables);
  }

  private static int[] table(Rows rows, int stride) {
    int[] table = new int[rows.count() * stride];
    for (int row = 0; row < rows.count(); row++) {
      System.arraycopy(
          rows.pageTables()[row], 0, table, row * stride, rows.pageTables()[row].length);
    }
    return table;
  }

  private KvPool pool(Rows rows, KvLayout layout) {
    int pages = IntStream.range(0, rows.count()).map(r -> rows.pageTables()[r].length).sum();
    MemorySegment data =
        MemorySegment.ofArray(new byte[Math.toIntExact(pages * layout.pageBytes())]);
    data.fill((byte) 0x7E); // as half floats, NaN
    KvCodec codec = new KvCodec(layout);
    KvPool pool = new KvPool(layout, data);
    for (int row = 0; row < rows.count(); row++) {
      for (int p = 0; p < rows.positions()[row]; p++) {
        MemorySegment page = pool.page(rows.page(row, p, layout));
        for (int head = 0; head < layout.kvHeads(); head++) {
          codec.writeKey(
              page, head, p % layout.pageTokens(), bench.floats(layout.headSize(), 1), 0);
          codec.writeValue(
              page, head, p % layout.pageTokens(), bench.floats(layout.headSize(), 1), 0);
        }
      }
    }
    return pool;
  }
}
