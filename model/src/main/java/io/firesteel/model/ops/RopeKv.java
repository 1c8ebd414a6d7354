package io.firesteel.model.ops;

/**
 * Prepares one layer's queries, keys and values: RMSNorm over each head (where the model has it),
 * rotary position embedding of queries and keys, then keys and values appended to the cache.
 *
 * @param heads shape of the attention
 * @param q queries, {@code rows * heads.queryWidth()}; normed and rotated in place
 * @param k keys, {@code rows * heads.keyValueWidth()}; an implementation may overwrite it
 * @param v values, {@code rows * heads.keyValueWidth()}
 * @param queryNorm RMSNorm of each query head; its weight is empty for models without
 * @param keyNorm RMSNorm of each key head; its weight is empty for models without
 * @param rope rotation
 * @param at sequence and position of each row
 * @param cache the layer's pages; output at the rows' positions, all else unchanged
 */
public record RopeKv(
    Heads heads,
    float[] q,
    float[] k,
    float[] v,
    Norm queryNorm,
    Norm keyNorm,
    Rope rope,
    Rows at,
    KvPool cache)
    implements OpCall {
  /** Checks shapes and page tables. */
  public RopeKv {
    Shapes.length("q", q, (long) at.count() * heads.queryWidth());
    Shapes.length("k", k, (long) at.count() * heads.keyValueWidth());
    Shapes.length("v", v, (long) at.count() * heads.keyValueWidth());
    Shapes.optional("query norm weight", queryNorm.weight(), heads.size());
    Shapes.optional("key norm weight", keyNorm.weight(), heads.size());
    if (rope.frequencies().length * 2 > heads.size()) {
      throw new IllegalArgumentException(
          "rope has "
              + rope.frequencies().length
              + " frequencies, expected at most "
              + heads.size() / 2);
    }
    Attention.checkCache(heads, cache);
    at.checkPages(cache);
  }

  @Override
  public Op op() {
    return Op.ROPE_KV;
  }

  @Override
  public int rows() {
    return at.count();
  }
}
