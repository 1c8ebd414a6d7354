package io.firesteel.ptx.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.AttnIn;
import io.firesteel.model.ops.AttnOut;
import io.firesteel.model.ops.ExpertIn;
import io.firesteel.model.ops.ExpertMatrix;
import io.firesteel.model.ops.ExpertOut;
import io.firesteel.model.ops.Gating;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.WeightMatrix;
import io.firesteel.model.reference.ReferenceOps;
import io.firesteel.ptx.kernel.Kernels.Experts;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many rows on the matrix unit get what the reference gives each of them. */
class TiledKernelsTest {
  private static final float EPSILON = 1e-6f;
  // Half floats have 11 bits; Q4_K and Q5_K lose four more in what is added to each element.
  private static final double TOLERANCE = 5e-6;

  private final Bench bench = new Bench();
  private final ExpertBench rowsOfExperts = new ExpertBench(bench);
  private final ReferenceOps reference = new ReferenceOps();

  @ParameterizedTest(name = "{0} {1} x {2}, {3} rows in tiles of {4}, bias {5}")
  @CsvSource({
    "Q4_K, 160, 512, 37, 32, false",
    "Q4_K, 32, 256, 1, 8, true",
    "Q5_K, 64, 768, 9, 16, false",
    "Q6_K, 96, 1024, 20, 16, true",
    "Q6_K, 32, 256, 33, 32, false",
    "Q8_0, 64, 512, 12, 8, false",
    "Q4_0, 32, 512, 40, 32, false"
  })
  void matricesTimesRows(
      TensorType type, int outputs, int columns, int rows, int tile, boolean bias) {
    float[] source = bench.floats(rows * columns, 3);
    float[] before = bench.floats(rows * outputs, 1);
    float[] added = bias ? bench.floats(outputs, 1) : new float[0];
    WeightMatrix matrix =
        new WeightMatrix(type, outputs, columns, bench.weights(type, outputs * columns));
    float[] expected = before.clone();
    reference.run(new AttnOut(source, new AttnIn.Projection(matrix, added), expected));

    Halves halves = halves(source, rows, columns, new float[0]);
    long out = bench.upload(before);
    Map<String, Long> arguments = new HashMap<>(halves.arguments());
    arguments.put("weights", bench.packed(type, matrix.data()));
    arguments.put("bias", bias ? bench.upload(added) : 0L);
    arguments.put("out", out);
    arguments.put("rows", (long) rows);
    bench.launch(TiledKernels.linear(type, outputs, columns, bias, true, tile), arguments);
    assertClose(bench.floatsAt(out, expected.length), expected);
  }

  @ParameterizedTest(name = "{0} {1}: {6} rows of {4} experts, {5} active, tiles of {7}")
  @CsvSource({
    "Q4_K, Q6_K, 512, 256, 6, 3, 20, 16",
    "Q8_0, Q4_0, 256, 256, 40, 2, 5, 8",
    "Q5_K, Q4_K, 256, 256, 2, 2, 40, 32"
  })
  void everyRowGetsItsExperts(
      TensorType inType,
      TensorType outType,
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
    ExpertMatrix gate = rowsOfExperts.matrix(inType, experts, width, hidden);
    ExpertMatrix up = rowsOfExperts.matrix(inType, experts, width, hidden);
    ExpertMatrix down = rowsOfExperts.matrix(outType, experts, hidden, width);
    float[] inner = new float[rows * active * width];
    reference.run(new ExpertIn(x, new Norm(norm, EPSILON), ids, gate, up, inner));
    float[] outer = x.clone();
    reference.run(new ExpertOut(inner, ids, weights, down, outer));

    Map<String, Long> tiles = rowsOfExperts.tiles(shape, ids, rows, tile);
    Map<String, Long> in = new HashMap<>(tiles);
    in.putAll(halves(x, rows, hidden, norm).arguments());
    long out = bench.allocate(4L * inner.length);
    in.put("gate", bench.packed(inType, gate.data()));
    in.put("up", bench.packed(inType, up.data()));
    in.put("out", out);
    bench.launch(TiledKernels.expertIn(shape, inType, tile), in);
    assertClose(bench.floatsAt(out, inner.length), inner);

    Map<String, Long> second = new HashMap<>(tiles);
    second.putAll(halves(inner, rows * active, width, new float[0]).arguments());
    long parts = bench.allocate(4L * ids.length * hidden);
    second.put("weights", bench.upload(weights));
    second.put("down", bench.packed(outType, down.data()));
    second.put("parts", parts);
    bench.launch(TiledKernels.expertOut(shape, outType, tile), second);
    long sum = bench.upload(x);
    bench.launch(Kernels.expertSum(shape), Map.of("parts", parts, "x", sum, "rows", (long) rows));
    assertClose(bench.floatsAt(sum, outer.length), outer);
  }

  @ParameterizedTest(name = "{0}: {3} of {2} experts, {4} rows, sigmoid {5}")
  @CsvSource({
    "F32, 2080, 37, 4, 11, false",
    "F16, 512, 128, 8, 9, true",
    "BF16, 96, 3, 2, 1, false"
  })
  void manyRowsChooseTheirExperts(
      TensorType type, int hidden, int experts, int active, int rows, boolean sigmoid) {
    Gating gating =
        new Gating(
            sigmoid ? Gating.Score.SIGMOID : Gating.Score.SOFTMAX,
            active,
            sigmoid ? Gating.Weighting.AS_SCORED : Gating.Weighting.NORMALIZED,
            1.5f);
    float[] x = bench.floats(rows * hidden, 1);
    float[] norm = bench.floats(hidden, 1);
    WeightMatrix gate =
        new WeightMatrix(type, experts, hidden, bench.weights(type, experts * hidden));
    int[] ids = new int[rows * active];
    float[] weights = new float[rows * active];
    reference.run(new Router(x, new Norm(norm, EPSILON), gate, gating, ids, weights));

    long scores = bench.allocate(4L * rows * experts);
    long foundIds = bench.allocate(4L * ids.length);
    long foundWeights = bench.allocate(4L * ids.length);
    bench.launch(
        TiledKernels.routerScores(type, hidden, experts, EPSILON),
        Map.of(
            "x",
            bench.upload(x),
            "norm",
            bench.upload(norm),
            "gate",
            bench.upload(gate.data()),
            "scores",
            scores,
            "rows",
            (long) rows));
    bench.launch(
        TiledKernels.routerChoice(experts, gating),
        Map.of(
            "scores", scores, "experts", foundIds, "weights", foundWeights, "rows", (long) rows));
    assertArrayEquals(ids, bench.intsAt(foundIds, ids.length));
    assertArrayEquals(weights, bench.floatsAt(foundWeights, weights.length), 1e-5f);
  }

  @ParameterizedTest
  @CsvSource({"1e-30", "1e-3", "1", "1e6", "1e30"})
  void rowsOfAnyMagnitudeKeepTheirPrecision(float magnitude) {
    int columns = 256;
    float[] source = bench.floats(columns, magnitude);
    Halves halves = halves(source, 1, columns, new float[0]);
    float scale = bench.floatsAt(halves.scales(), 1)[0];
    byte[] words = bench.bytesAt(halves.address(), 2 * columns);
    for (int chunk = 0; chunk < columns / 8; chunk++) {
      int first = 64 * (chunk % 4) + 4 * (chunk / 4);
      int[] order = {0, 2, 1, 3, 32, 34, 33, 35};
      for (int i = 0; i < 8; i++) {
        int at = 2 * (8 * chunk + i);
        float half = Float.float16ToFloat((short) (words[at] & 0xFF | (words[at + 1] & 0xFF) << 8));
        float expected = source[first + order[i]];
        assertEquals(expected, half * scale, Math.abs(expected) * 5e-4f);
      }
    }
  }

  private record Halves(long address, long scales) {
    Map<String, Long> arguments() {
      return Map.of("halves", address, "scales", scales);
    }
  }

  private Halves halves(float[] source, int rows, int columns, float[] norm) {
    Halves halves =
        new Halves(bench.allocate(2L * rows * columns), bench.allocate(4L * Math.max(4, rows)));
    Map<String, Long> arguments = new HashMap<>(halves.arguments());
    arguments.put("source", bench.upload(source));
    arguments.put("norm", norm.length == 0 ? 0L : bench.upload(norm));
    arguments.put("rows", (long) rows);
    bench.launch(
        norm.length == 0
            ? TiledKernels.rowHalves(columns)
            : TiledKernels.normedHalves(columns, EPSILON),
        arguments);
    return halves;
  }

  private static void assertClose(float[] found, float[] expected) {
    double nmse = Bench.nmse(found, expected);
    assertTrue(nmse < TOLERANCE, "NMSE is " + nmse);
  }
}
