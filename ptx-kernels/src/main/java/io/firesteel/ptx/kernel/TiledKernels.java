package io.firesteel.ptx.kernel;

import io.firesteel.loader.TensorType;
import io.firesteel.model.ops.Gating;
import io.firesteel.ptx.kernel.Kernels.Experts;
import java.util.EnumSet;
import java.util.Set;

/**
 * Kernels for many rows at a time, whose products run on the matrix unit: from shapes and types to
 * {@link KernelSpec}s. Activations pass between them as half floats with a scale for each row
 * ({@code row_halves.ptx}); weights as {@link WeightPacking} leaves them.
 */
public final class TiledKernels {
  /** Weight types that these kernels take. */
  public static final Set<TensorType> WEIGHT_TYPES =
      Set.copyOf(
          EnumSet.of(
              TensorType.Q4_0, TensorType.Q8_0, TensorType.Q4_K, TensorType.Q5_K, TensorType.Q6_K));

  /** Rows of a tile, at most. */
  public static final int MAX_TILE = 32;

  private static final int MIN_TILE = 8;
  private static final int BLOCK = 256;
  private static final int MAX_COLUMNS = 16_384;
  private static final int OUTPUTS = 32;

  /** So that three CTAs of 128 threads fit on a multiprocessor; types with wide units need more. */
  private static final int REGISTERS = 168;

  private static final int WIDE_REGISTERS = 240;

  private TiledKernels() {}

  /** Whether there is a kernel for a matrix of this type and shape. */
  public static boolean supports(TensorType type, int rows, int columns) {
    return WEIGHT_TYPES.contains(type)
        && columns % BLOCK == 0
        && columns <= MAX_COLUMNS
        && rows % OUTPUTS == 0;
  }

  /**
   * Rows of a tile for so many rows: the next power of two, since a tile costs nearly as much when
   * it is half empty.
   */
  public static int tile(int rows) {
    int tile = MIN_TILE;
    while (tile < rows && tile < MAX_TILE) {
      tile *= 2;
    }
    return tile;
  }

  /** Rows as half floats: {@code row_halves.ptx}. */
  public static KernelSpec rowHalves(int columns) {
    return KernelSpec.of("row_halves").with("COLUMNS", columns);
  }

  /** Normed rows as half floats: {@code row_halves.ptx}. */
  public static KernelSpec normedHalves(int columns, float epsilon) {
    return rowHalves(columns).with("NORM", 1).with("EPS", epsilon);
  }

  /** A matrix times rows: {@code linear_tiled.ptx}. */
  public static KernelSpec linear(
      TensorType type, int rows, int columns, boolean bias, boolean residual, int tile) {
    return KernelSpec.of("linear_tiled")
        .with("TYPE", type.id())
        .with("ROWS", rows)
        .with("COLUMNS", columns)
        .with("BIAS", bias ? 1 : 0)
        .with("RESIDUAL", residual ? 1 : 0)
        .with("N", tile)
        .with("REGISTERS", registers(type, columns));
  }

  /**
   * The scores of {@link Kernels#router} for many rows: {@code router_scores.ptx}; {@link
   * #routerChoice} follows.
   */
  public static KernelSpec routerScores(TensorType type, int hidden, int experts, float epsilon) {
    return KernelSpec.of("router_scores")
        .with("TYPE", type.id())
        .with("HIDDEN", hidden)
        .with("EXPERTS", experts)
        .with("EPS", epsilon);
  }

  /** The choice of {@link Kernels#router} from scores: {@code router_choose.ptx}. */
  public static KernelSpec routerChoice(int experts, Gating gating) {
    return Kernels.gated(KernelSpec.of("router_choose").with("EXPERTS", experts), gating);
  }

  /** Gate and up projections of both the same type, SwiGLU: {@code expert_in_tiled.ptx}. */
  public static KernelSpec expertIn(Experts shape, TensorType type, int tile) {
    return experts("expert_in_tiled", shape, type, tile)
        .with("REGISTERS", registers(type, shape.hidden()));
  }

  /**
   * Weighted down projections: {@code expert_out_tiled.ptx}. What it leaves is added up by {@link
   * Kernels#expertSum}.
   */
  public static KernelSpec expertOut(Experts shape, TensorType type, int tile) {
    return experts("expert_out_tiled", shape, type, tile)
        .with("REGISTERS", registers(type, shape.width()));
  }

  private static KernelSpec experts(String template, Experts shape, TensorType type, int tile) {
    return Kernels.shaped(template, shape).with("TYPE", type.id()).with("N", tile);
  }

  /** The assembler unrolls the loop over the columns of small matrices, which takes many. */
  private static int registers(TensorType type, int columns) {
    boolean wide = type == TensorType.Q6_K || type == TensorType.Q5_K || columns <= 2 * BLOCK;
    return wide ? WIDE_REGISTERS : REGISTERS;
  }
}
