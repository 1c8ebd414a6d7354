package io.firesteel.ptx.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertMatrix;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.reference.ReferenceOps;
import io.firesteel.ptx.kernel.Kernels.Experts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows that share passes over their experts' weights get what each would get alone. */
class GroupedExpertsTest {
  private static final float EPSILON = 1e-6f;
  // Int8 activations: 1e-4 is usual with random weights, see NOTES.md.
  private static final double TOLERANCE = 3e-4;

  private final Bench bench = new Bench();
  private final ExpertBench rowsOfExperts = new ExpertBench(bench);
  private final ReferenceOps reference = new ReferenceOps();

  @ParameterizedTest(name = "{0} {1} {2}: {7} rows of {5} experts, {6} active, tiles of {8}")
  @CsvSource({
    "Q4_K, Q4_K, Q6_K, 512, 256, 6, 3, 20, 8",
    "Q8_0, Q6_K, Q4_0, 256, 288, 40, 2, 5, 4",
    "F16, Q5_K, BF16, 256, 64, 5, 5, 9, 4"
  })
  void everyRowGetsItsExperts(
      TensorType gateType,
      TensorType upType,
      TensorType downType,
      int hidden,
      int width,
      int experts,
      int active,
      int rows,
      int tile) {
    Experts shape = new Experts(hidden, width, experts, active);
    float[] x = bench.floats(rows * hidden, 1);
    float[] norm = bench.floats(hidden, 1);
    int[] ids = rowsOfExperts.choices(shape, rows);
    float[] weights = bench.floats(rows * active, 1);
    ExpertMatrix gate = rowsOfExperts.matrix(gateType, experts, width, hidden);
    ExpertMatrix up = rowsOfExperts.matrix(upType, experts, width, hidden);
    ExpertMatrix down = rowsOfExperts.matrix(downType, experts, hidden, width);
    float[] inner = new float[rows * active * width];
    reference.run(new ExpertIn(x, new Norm(norm, EPSILON), ids, gate, up, inner));
    float[] outer = x.clone();
    reference.run(new ExpertOut(inner, ids, weights, down, outer));

    Map<String, Long> tiles = rowsOfExperts.tiles(shape, ids, rows, tile);
    long out = bench.allocate(4L * inner.length);
    Map<String, Long> in = new HashMap<>(tiles);
    in.put("x", bench.upload(x));
    in.put("norm", bench.upload(norm));
    in.put("gate", bench.packed(gateType, gate.data()));
    in.put("up", bench.packed(upType, up.data()));
    in.put("out", out);
    bench.launch(Kernels.expertInGrouped(shape, gateType, upType, EPSILON, tile, 2), in);
    assertClose(bench.floatsAt(out, inner.length), inner);

    long parts = bench.allocate(4L * ids.length * hidden);
    Map<String, Long> second = new HashMap<>(tiles);
    second.put("activations", bench.upload(inner));
    second.put("weights", bench.upload(weights));
    second.put("down", bench.packed(downType, down.data()));
    second.put("parts", parts);
    bench.launch(Kernels.expertOutGrouped(shape, downType, tile, 3), second);
    long sum = bench.upload(x);
    bench.launch(Kernels.expertSum(shape), Map.of("parts", parts, "x", sum, "rows", (long) rows));
    assertClose(bench.floatsAt(sum, outer.length), outer);
  }

  @ParameterizedTest(name = "{2} rows of {0} experts, {1} active, tiles of {3}")
  @CsvSource({"128, 8, 300, 32", "512, 16, 33, 8", "1, 1, 70, 64", "5, 2, 1, 8"})
  void pairsAreSortedByExpertAndThenRising(int experts, int active, int rows, int tile) {
    Experts shape = new Experts(256, 256, experts, active);
    int[] ids = rowsOfExperts.choices(shape, rows);
    Map<String, Long> tiles = rowsOfExperts.tiles(shape, ids, rows, tile);
    int[] sorted =
        IntStream.range(0, ids.length)
            .boxed()
            .sorted(Comparator.comparingInt(pair -> ids[pair]))
            .mapToInt(Integer::intValue)
            .toArray();
    assertArrayEquals(sorted, bench.intsAt(tiles.get("order"), ids.length));
    List<Integer> cut = new ArrayList<>();
    for (int first = 0; first < sorted.length; ) {
      int expert = ids[sorted[first]];
      int end = first;
      while (end < sorted.length && ids[sorted[end]] == expert && end < first + tile) {
        end++;
      }
      cut.addAll(List.of(expert, first, end - first, 0));
      first = end;
    }
    assertEquals(cut.size() / 4, bench.intsAt(tiles.get("count"), 1)[0]);
    assertEquals(
        cut, IntStream.of(bench.intsAt(tiles.get("tiles"), cut.size())).boxed().toList(), "tiles");
  }

  private static void assertClose(float[] found, float[] expected) {
    double nmse = Bench.nmse(found, expected);
    assertTrue(nmse < TOLERANCE, "NMSE is " + nmse);
  }
}
