package io.firesteel.model.ops;

/**
 * {@code n = norm(x[r])}, then {@code q[r] = Wq n + bq} and likewise k and v.
 *
 * @param x hidden state, {@code rows * hidden}
 * @param norm RMSNorm over {@code hidden}
 * @param query matrix and bias of the queries
 * @param key matrix and bias of the keys
 * @param value matrix and bias of the values
 * @param q output, {@code rows * query.matrix().rows()}
 * @param k output, {@code rows * key.matrix().rows()}
 * @param v output, {@code rows * value.matrix().rows()}
 */
public record AttnIn(
    float[] x,
    Norm norm,
    Projection query,
    Projection key,
    Projection value,
    float[] q,
    float[] k,
    float[] v)
    implements OpCall {
  /**
   * A linear map.
   *
   * @param matrix the weights
   * @param bias one value for each output, or empty for none
   */
  public record Projection(WeightMatrix matrix, float[] bias) {
    private static final float[] NONE = {};

    /** Checks the length of the bias. */
    public Projection {
      Shapes.optional("bias", bias, matrix.rows());
    }

    /** A map without bias. */
    public Projection(WeightMatrix matrix) {
      this(matrix, NONE);
    }
  }

  /** Checks shapes. */
  public AttnIn {
    int hidden = query.matrix().columns();
    Shapes.length("norm weight", norm.weight(), hidden);
    Shapes.equal("columns of the key matrix", key.matrix().columns(), hidden);
    Shapes.equal("columns of the value matrix", value.matrix().columns(), hidden);
    Shapes.positive("rows", x.length / hidden);
    long rows = x.length / hidden;
    Shapes.length("x", x, rows * hidden);
    Shapes.length("q", q, rows * query.matrix().rows());
    Shapes.length("k", k, rows * key.matrix().rows());
    Shapes.length("v", v, rows * value.matrix().rows());
  }

  @Override
  public Op op() {
    return Op.ATTN_IN;
  }

  @Override
  public int rows() {
    return x.length / query.matrix().columns();
  }
}
