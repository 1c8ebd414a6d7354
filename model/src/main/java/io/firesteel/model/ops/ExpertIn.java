package io.firesteel.model.ops;

/**
 * {@code n = norm(x[r])}; for each chosen expert {@code e}: {@code activations = silu(Gate_e n) *
 * (Up_e n)}, with {@code silu(z) = z / (1 + exp(-z))} (Shazeer, "GLU Variants Improve Transformer",
 * 2020).
 *
 * @param x hidden state, {@code rows * hidden}
 * @param norm RMSNorm over {@code hidden}
 * @param experts chosen experts, {@code rows * active} ids; all 0 for a dense layer
 * @param gate gate projections
 * @param up up projections, of the gate's shape (its type may differ)
 * @param activations output, {@code rows * active * width}
 */
public record ExpertIn(
    float[] x, Norm norm, int[] experts, ExpertMatrix gate, ExpertMatrix up, float[] activations)
    implements OpCall {
  /** Checks shapes and expert ids. */
  public ExpertIn {
    int hidden = gate.columns();
    int rows = x.length / hidden;
    Shapes.positive("rows", rows);
    Shapes.length("x", x, (long) rows * hidden);
    Shapes.length("norm weight", norm.weight(), hidden);
    Shapes.equal("experts of the up matrix", up.experts(), gate.experts());
    Shapes.equal("rows of the up matrix", up.rows(), gate.rows());
    Shapes.equal("columns of the up matrix", up.columns(), hidden);
    Shapes.positive("active experts", experts.length / rows);
    Shapes.multiple("length of experts", experts.length, rows);
    Shapes.indices("experts", experts, gate.experts());
    Shapes.length("activations", activations, (long) experts.length * gate.rows());
  }

  @Override
  public Op op() {
    return Op.EXPERT_IN;
  }

  @Override
  public int rows() {
    return x.length / gate.columns();
  }

  /** Experts chosen for each row. */
  public int active() {
    return experts.length / rows();
  }
}
