package io.firesteel.model.ops;

/**
 * {@code x[r] += Wo attention[r] + bias}.
 *
 * @param attention attention output, {@code rows * output.matrix().columns()}
 * @param output matrix and bias
 * @param x hidden state, {@code rows * hidden}; added to in place
 */
public record AttnOut(float[] attention, AttnIn.Projection output, float[] x) implements OpCall {
  /** Checks shapes. */
  public AttnOut {
    int columns = output.matrix().columns();
    long rows = attention.length / columns;
    Shapes.positive("rows", (int) rows);
    Shapes.length("attention", attention, rows * columns);
    Shapes.length("x", x, rows * output.matrix().rows());
  }

  @Override
  public Op op() {
    return Op.ATTN_OUT;
  }

  @Override
  public int rows() {
    return attention.length / output.matrix().columns();
  }
}
