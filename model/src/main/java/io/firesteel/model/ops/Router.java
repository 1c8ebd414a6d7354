package io.firesteel.model.ops;

/**
 * Chooses experts: {@code n = norm(x[r])}, gate outputs {@code G n}, then {@link Gating}.
 *
 * <p>A shared expert that has a gate of its own is a router with one expert and sigmoid scores.
 *
 * @param x hidden state, {@code rows * hidden}
 * @param norm RMSNorm over {@code hidden}
 * @param gate one row for each expert
 * @param gating scores and weights
 * @param experts output, {@code rows * gating.active()} ids by falling score
 * @param weights output, {@code rows * gating.active()} weights of those experts
 */
public record Router(
    float[] x, Norm norm, WeightMatrix gate, Gating gating, int[] experts, float[] weights)
    implements OpCall {
  /** Checks shapes. */
  public Router {
    int hidden = gate.columns();
    long rows = x.length / hidden;
    Shapes.positive("rows", (int) rows);
    Shapes.length("x", x, rows * hidden);
    Shapes.length("norm weight", norm.weight(), hidden);
    if (gating.active() > gate.rows()) {
      throw new IllegalArgumentException(
          "active experts is "
              + gating.active()
              + ", expected at most the "
              + gate.rows()
              + " there are");
    }
    Shapes.length("experts", experts, rows * gating.active());
    Shapes.length("weights", weights, rows * gating.active());
  }

  @Override
  public Op op() {
    return Op.ROUTER;
  }

  @Override
  public int rows() {
    return x.length / gate.columns();
  }
}
