package io.firesteel.model.ops;

/**
 * {@code logits[r] = W norm(x[r])}.
 *
 * @param x hidden state, {@code rows * hidden}
 * @param norm RMSNorm over {@code hidden}
 * @param output one row for each token of the vocabulary
 * @param logits output, {@code rows * vocabulary}
 */
public record Logits(float[] x, Norm norm, WeightMatrix output, float[] logits) implements OpCall {
  /** Checks shapes. */
  public Logits {
    int hidden = output.columns();
    long rows = x.length / hidden;
    Shapes.positive("rows", (int) rows);
    Shapes.length("x", x, rows * hidden);
    Shapes.length("norm weight", norm.weight(), hidden);
    Shapes.length("logits", logits, rows * output.rows());
  }

  @Override
  public Op op() {
    return Op.LOGITS;
  }

  @Override
  public int rows() {
    return x.length / output.columns();
  }
}
