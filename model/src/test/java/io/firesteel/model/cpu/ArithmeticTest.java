package io.firesteel.model.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.Norm;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scalar and vector code are to give the same bits, so that nobody can tell which one ran. */
class ArithmeticTest {
  private static final Arithmetic SCALAR = ScalarArithmetic.INSTANCE;
  private static final Arithmetic VECTOR = VectorArithmetic.INSTANCE;

  private final SplittableRandom random = new SplittableRandom(11);

  private float[] floats(int count, float scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() * scale;
    }
    return values;
  }

  private static void assertSame(float[] expected, float[] found) {
    assertArrayEquals(expected, found, 0);
  }

  @ParameterizedTest
  @CsvSource({"4, 1", "16, 1", "16, 3", "8, 4", "16, 9"})
  void dotProducts(int rows, int count) {
    int stride = DotKernel.stride(100);
    float[] w = floats(rows * stride, 1);
    float[] x = floats(count * stride, 1);
    int[] at = new int[count];
    for (int i = 0; i < count; i++) {
      at[i] = (count - 1 - i) * stride;
    }
    float[] expected = new float[rows * count];
    float[] found = new float[rows * count];
    VECTOR.tile(w, rows, stride, x, at, count, expected);
    SCALAR.tile(w, rows, stride, x, at, count, found);
    assertSame(expected, found);
  }

  static Stream<TensorType> readable() {
    return Stream.of(TensorType.values()).filter(TensorType::isReadable);
  }

  @ParameterizedTest
  @MethodSource("readable")
  void dequantisation(TensorType type) {
    int elements = 3 * type.blockSize() * 4;
    byte[] raw = new byte[5 + Math.toIntExact(type.bytes(elements))];
    random.nextBytes(raw);
    float[] expected = new float[elements + 2];
    float[] found = new float[elements + 2];
    VECTOR.decoder(type).decode(raw, 5, elements, expected, 2);
    SCALAR.decoder(type).decode(raw, 5, elements, found, 2);
    assertSame(expected, found);
  }

  /** Few rows of activations may be multiplied with weights that are not dequantised first. */
  @ParameterizedTest
  @MethodSource("readable")
  void productsWithStoredWeights(TensorType type) {
    int columns = 2 * Math.max(256, type.blockSize());
    int rows = 13;
    MemorySegment data =
        MemorySegment.ofArray(new byte[Math.toIntExact(type.bytes(20L * columns))]);
    random.nextBytes((byte[]) data.heapBase().orElseThrow());
    for (int count = 1; count <= 5; count++) {
      Activations x = Activations.of(floats(count * columns, 1), columns);
      float[] expected = new float[count * WeightTile.padded(rows)];
      float[] found = new float[expected.length];
      WeightTile.multiply(type, data, 5, rows, columns, x, expected, new Scratch(), SCALAR);
      WeightTile.multiply(type, data, 5, rows, columns, x, found, new Scratch(), VECTOR);
      for (int i = 0; i < count; i++) {
        int from = i * WeightTile.padded(rows);
        assertSame(
            Arrays.copyOfRange(expected, from, from + rows),
            Arrays.copyOfRange(found, from, from + rows));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 37, 256})
  void norms(int size) {
    float[] x = floats(size + 3, 2);
    Norm norm = new Norm(floats(size, 1), 1e-6f);
    both(
        out -> VECTOR.norm(x, 3, size, norm, out, 1), out -> SCALAR.norm(x, 3, size, norm, out, 1));
  }

  private static void both(Consumer<float[]> vector, Consumer<float[]> scalar) {
    float[] expected = new float[300];
    float[] found = new float[300];
    vector.accept(expected);
    scalar.accept(found);
    assertSame(expected, found);
  }

  @Test
  void gatedActivations() {
    float[] gate = floats(2 * DotKernel.LANES, 60);
    float[] up = floats(gate.length, 3);
    float[] expected = gate.clone();
    VECTOR.swiglu(expected, up, gate.length);
    SCALAR.swiglu(gate, up, gate.length);
    assertSame(expected, gate);
  }

  @Test
  void exponentials() {
    float[] x = floats(4 * DotKernel.LANES, 40);
    x[5] = Float.NEGATIVE_INFINITY;
    float[] expected = x.clone();
    float sum = VECTOR.exponentials(expected, 0, x.length, 30);
    assertEquals(sum, SCALAR.exponentials(x, 0, x.length, 30));
    assertSame(expected, x);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 7})
  void weightedSums(int queries) {
    int size = 4 * DotKernel.LANES;
    float[] weights = floats(queries * 20, 1);
    float[] values = floats(20 * size, 1);
    float[] expected = new float[queries * size];
    float[] found = new float[queries * size];
    VECTOR.weigh(weights, 20, queries, values, 2, 19, size, expected);
    SCALAR.weigh(weights, 20, queries, values, 2, 19, size, found);
    assertSame(expected, found);
  }
}
