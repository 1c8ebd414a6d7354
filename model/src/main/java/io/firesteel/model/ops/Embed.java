package io.firesteel.model.ops;

/**
 * {@code x[r] = table[tokens[r]]}, dequantised.
 *
 * @param table one row of {@code hidden} elements for each token of the vocabulary
 * @param tokens token id of each row
 * @param x output, {@code rows * hidden}
 */
public record Embed(WeightMatrix table, int[] tokens, float[] x) implements OpCall {
  /** Checks shapes and token ids. */
  public Embed {
    Shapes.positive("rows", tokens.length);
    Shapes.indices("tokens", tokens, table.rows());
    Shapes.length("x", x, (long) tokens.length * table.columns());
  }

  @Override
  public Op op() {
    return Op.EMBED;
  }

  @Override
  public int rows() {
    return tokens.length;
  }
}
