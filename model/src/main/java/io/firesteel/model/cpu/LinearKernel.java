package io.firesteel.model.cpu;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.AttnIn.Projection;
import io.firesteel.model.ops.WeightMatrix;
import java.util.List;

/**
 * Matrix times rows of activations, {@code out[r] = W x[r] + bias} or {@code out[r] += …}. Output
 * rows are shared out among the workers; each tile of weights is dequantised once for all rows.
 */
final class LinearKernel {
  /** Multiplications that a task has at least, where there are that many: about 2 µs of work. */
  private static final int TASK_WORK = 16384;

  /**
   * A matrix to be multiplied.
   *
   * @param projection weights and bias
   * @param out output
   * @param add whether to add to the output instead of overwriting it
   */
  record Product(Projection projection, float[] out, boolean add) {
    WeightMatrix matrix() {
      return projection.matrix();
    }
  }

  private LinearKernel() {}

  /** Multiplies several matrices with the same activations. */
  static void run(Activations x, List<Product> products, Team team) {
    int columns = products.getFirst().matrix().columns();
    int taskRows = taskRows(columns, x.count());
    int tasks = 0;
    for (Product product : products) {
      tasks += Math.ceilDiv(product.matrix().rows(), taskRows);
    }
    team.pool()
        .run(
            tasks,
            (index, worker) -> {
              int task = index;
              for (Product product : products) {
                int rows = product.matrix().rows();
                int own = Math.ceilDiv(rows, taskRows);
                if (task < own) {
                  multiply(
                      x,
                      product,
                      task * taskRows,
                      Math.min(rows, (task + 1) * taskRows),
                      team.scratch()[worker],
                      team.arithmetic());
                  return;
                }
                task -= own;
              }
            });
  }

  /** Output rows of a task: whole tiles. */
  static int taskRows(int columns, int count) {
    long rowWork = (long) columns * count;
    return Math.max(1, Math.toIntExact(TASK_WORK / rowWork / WeightTile.ROWS)) * WeightTile.ROWS;
  }

  private static void multiply(
      Activations x, Product product, int begin, int end, Scratch scratch, Arithmetic arithmetic) {
    WeightMatrix matrix = product.matrix();
    TensorType type = matrix.type();
    int columns = matrix.columns();
    for (int first = begin; first < end; first += WeightTile.ROWS) {
      int rows = Math.min(WeightTile.ROWS, end - first);
      int padded = WeightTile.padded(rows);
      float[] sums = scratch.sums(x.count() * padded);
      WeightTile.multiply(type, matrix.data(), first, rows, columns, x, sums, scratch, arithmetic);
      store(product, sums, padded, first, rows, x.count());
    }
  }

  private static void store(
      Product product, float[] sums, int pitch, int first, int rows, int count) {
    float[] bias = product.projection().bias();
    float[] out = product.out();
    for (int j = 0; j < count; j++) {
      int from = j * pitch;
      int to = j * product.matrix().rows() + first;
      if (bias.length > 0) {
        for (int i = 0; i < rows; i++) {
          sums[from + i] += bias[first + i];
        }
      }
      if (product.add()) {
        for (int i = 0; i < rows; i++) {
          out[to + i] += sums[from + i];
        }
      } else {
        System.arraycopy(sums, from, out, to, rows);
      }
    }
  }
}
