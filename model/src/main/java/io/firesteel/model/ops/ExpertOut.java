package io.firesteel.model.ops;

/**
 * {@code x[r] += Σ weights[r][i] · Down_e activations[r][i]} over the chosen experts {@code e =
 * experts[r][i]}.
 *
 * @param activations {@code rows * active * width}
 * @param experts chosen experts, {@code rows * active} ids; all 0 for a dense layer
 * @param weights their weights, {@code rows * active}; all 1 for a dense layer
 * @param down down projections
 * @param x hidden state, {@code rows * hidden}; added to in place
 */
public record ExpertOut(
    float[] activations, int[] experts, float[] weights, ExpertMatrix down, float[] x)
    implements OpCall {
  /** Checks shapes and expert ids. */
  public ExpertOut {
    int hidden = down.rows();
    int rows = x.length / hidden;
    Shapes.positive("rows", rows);
    Shapes.length("x", x, (long) rows * hidden);
    Shapes.positive("active experts", experts.length / rows);
    Shapes.multiple("length of experts", experts.length, rows);
    Shapes.indices("experts", experts, down.experts());
    Shapes.length("weights", weights, experts.length);
    Shapes.length("activations", activations, (long) experts.length * down.columns());
  }

  @Override
  public Op op() {
    return Op.EXPERT_OUT;
  }

  @Override
  public int rows() {
    return x.length / down.rows();
  }

  /** Experts chosen for each row. */
  public int active() {
    return experts.length / rows();
  }
}
