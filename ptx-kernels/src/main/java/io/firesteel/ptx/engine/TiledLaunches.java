package io.firesteel.ptx.engine;

import io.firesteel.loader.TensorType;
import io.firesteel.ptx.engine.DeviceWeights.Branch;
import io.firesteel.ptx.engine.DeviceWeights.DeviceNorm;
import io.firesteel.ptx.engine.DeviceWeights.Layer;
import io.firesteel.ptx.engine.DeviceWeights.Matrix;
import io.firesteel.ptx.engine.StepBuffers.BranchBuffers;
import io.firesteel.ptx.kernel.KernelSpec;
import io.firesteel.ptx.kernel.Kernels;
import io.firesteel.ptx.kernel.Kernels.Experts;
import io.firesteel.ptx.kernel.Launch;
import io.firesteel.ptx.kernel.TiledKernels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The launches of a layer's products for many rows at a time, on the matrix unit. */
final class TiledLaunches {
  /** Below this many rows there are too few CTAs to fill a device. */
  static final int FEWEST_ROWS = 64;

  private final StepBuffers buffers;
  private final Launcher launcher;

  /** Makes a launch of any kernel for some rows. */
  interface Launcher {
    Launch launch(KernelSpec spec, int rows, Map<String, Long> arguments);
  }

  TiledLaunches(StepBuffers buffers, Launcher launcher) {
    this.buffers = buffers;
    this.launcher = launcher;
  }

  /** Whether {@link #attnIn} takes a layer. */
  static boolean takesAttnIn(Layer layer, int rows) {
    return rows >= FEWEST_ROWS
        && takes(layer.query())
        && takes(layer.key())
        && takes(layer.value());
  }

  /** Whether {@link #linear} takes a matrix. */
  static boolean takesLinear(Matrix matrix, int rows) {
    return rows >= FEWEST_ROWS && takes(matrix);
  }

  /** Whether {@link #experts} takes a layer's branch. */
  static boolean takesExperts(Branch branch, int rows) {
    Matrix gate = branch.experts().gate();
    return rows >= FEWEST_ROWS
        && gate.type() == branch.experts().up().type()
        && takes(gate)
        && takes(branch.experts().down());
  }

  private static boolean takes(Matrix matrix) {
    return TiledKernels.supports(matrix.type(), matrix.rows(), matrix.columns());
  }

  /** Norm, and query, key and value projections. */
  void attnIn(List<Launch> launches, Layer layer, int rows) {
    int hidden = layer.query().columns();
    launches.add(normed(layer.attentionNorm(), hidden, rows));
    launches.add(linear(layer.query(), buffers.q, false, rows));
    launches.add(linear(layer.key(), buffers.k, false, rows));
    launches.add(linear(layer.value(), buffers.v, false, rows));
  }

  /** Attention's output projection, added to the hidden state. */
  void attnOut(List<Launch> launches, Matrix matrix, int rows) {
    launches.add(halves(buffers.attention, matrix.columns(), rows));
    launches.add(linear(matrix, buffers.x, true, rows));
  }

  /** Scores of all experts, and the choice among them. */
  void router(List<Launch> launches, Layer layer, Branch branch, BranchBuffers choice, int rows) {
    Matrix gate = branch.chooser().matrix().orElseThrow();
    DeviceNorm norm = layer.feedForwardNorm();
    launches.add(
        launcher.launch(
            TiledKernels.routerScores(gate.type(), gate.columns(), gate.rows(), norm.epsilon()),
            rows,
            Map.of(
                "x",
                buffers.x,
                "norm",
                norm.address(),
                "gate",
                gate.address(),
                "scores",
                buffers.scores)));
    launches.add(
        launcher.launch(
            TiledKernels.routerChoice(gate.rows(), branch.chooser().gating()),
            rows,
            Map.of(
                "scores", buffers.scores,
                "experts", choice.experts(),
                "weights", choice.weights())));
  }

  /** Everything behind the router: rows sorted by expert, both products, the sum. */
  void experts(
      List<Launch> launches,
      Layer layer,
      Branch branch,
      BranchBuffers choice,
      Experts shape,
      int rows) {
    TensorType inType = branch.experts().gate().type();
    TensorType outType = branch.experts().down().type();
    int tile = TiledKernels.tile(Math.ceilDiv(rows * shape.active(), shape.experts()));
    Map<String, Long> tiles = buffers.tileArguments();
    Map<String, Long> groups = new HashMap<>(tiles);
    groups.put("experts", choice.experts());
    launches.add(launcher.launch(Kernels.expertGroups(shape, tile), rows, groups));

    launches.add(normed(layer.feedForwardNorm(), shape.hidden(), rows));
    Map<String, Long> in = withHalves(tiles);
    in.put("gate", branch.experts().gate().address());
    in.put("up", branch.experts().up().address());
    in.put("out", choice.activations());
    launches.add(launcher.launch(TiledKernels.expertIn(shape, inType, tile), rows, in));

    launches.add(halves(choice.activations(), shape.width(), rows * shape.active()));
    Map<String, Long> out = withHalves(tiles);
    out.put("weights", choice.weights());
    out.put("down", branch.experts().down().address());
    out.put("parts", buffers.parts);
    launches.add(launcher.launch(TiledKernels.expertOut(shape, outType, tile), rows, out));
    launches.add(
        launcher.launch(
            Kernels.expertSum(shape), rows, Map.of("parts", buffers.parts, "x", buffers.x)));
  }

  private Map<String, Long> withHalves(Map<String, Long> arguments) {
    Map<String, Long> all = new HashMap<>(arguments);
    all.put("halves", buffers.halves);
    all.put("scales", buffers.rowScales);
    return all;
  }

  private Launch normed(DeviceNorm norm, int columns, int rows) {
    return launcher.launch(
        TiledKernels.normedHalves(columns, norm.epsilon()),
        rows,
        withHalves(Map.of("source", buffers.x, "norm", norm.address())));
  }

  private Launch halves(long source, int columns, int rows) {
    return launcher.launch(
        TiledKernels.rowHalves(columns), rows, withHalves(Map.of("source", source, "norm", 0L)));
  }

  private Launch linear(Matrix matrix, long out, boolean residual, int rows) {
    boolean bias = matrix.bias() != 0;
    return launcher.launch(
        TiledKernels.linear(
            matrix.type(),
            matrix.rows(),
            matrix.columns(),
            bias,
            residual,
            TiledKernels.tile(rows)),
        rows,
        withHalves(Map.of("weights", matrix.address(), "bias", matrix.bias(), "out", out)));
  }
}
