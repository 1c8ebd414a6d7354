package io.firesteel.ptx.kernel;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.ExpertMatrix;
import io.firesteel.ptx.kernel.Kernels.Experts;
import java.util.HashMap;
import java.util.Map;

/** What tests of kernels for many rows of experts have in common, on a {@link Bench}. */
final class ExpertBench {
  private final Bench bench;

  ExpertBench(Bench bench) {
    this.bench = bench;
  }

  /** Experts of each row: neighbours of a random one, so that all of a row differ. */
  int[] choices(Experts shape, int rows) {
    int[] ids = new int[rows * shape.active()];
    for (int row = 0; row < rows; row++) {
      int first = bench.below(shape.experts());
      for (int rank = 0; rank < shape.active(); rank++) {
        ids[row * shape.active() + rank] = (first + rank) % shape.experts();
      }
    }
    return ids;
  }

  /** Random weights of all experts. */
  ExpertMatrix matrix(TensorType type, int experts, int rows, int columns) {
    return new ExpertMatrix(
        type, experts, rows, columns, bench.weights(type, experts * rows * columns));
  }

  /** Sorts the rows' choices and gives the arguments that name the result, and rows. */
  Map<String, Long> tiles(Experts shape, int[] ids, int rows, int tile) {
    Map<String, Long> tiles = new HashMap<>();
    tiles.put("order", bench.allocate(4L * ids.length));
    tiles.put("tiles", bench.allocate(16L * Kernels.maxTiles(shape, rows, tile)));
    tiles.put("count", bench.allocate(4));
    tiles.put("rows", (long) rows);
    Map<String, Long> arguments = new HashMap<>(tiles);
    arguments.put("experts", bench.upload(ids));
    bench.launch(Kernels.expertGroups(shape, tile), arguments);
    return tiles;
  }
}
