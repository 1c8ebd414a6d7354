package io.firesteel.model.ops;

/**
 * Causal attention of each row over its sequence's cache: {@code out = softmax(scale · q kᵀ) v} for
 * each query head, over the positions {@code max(0, p - window + 1)} to {@code p}, where {@code p}
 * is the row's position (Dao et al., "FlashAttention", 2022, for the one-pass softmax).
 *
 * @param heads shape of the attention
 * @param q rotated queries, {@code rows * heads.queryWidth()}
 * @param cache the layer's pages
 * @param at sequence and position of each row
 * @param scale factor on the scores, usually {@code 1 / sqrt(heads.size())}
 * @param window number of latest positions that are seen, or 0 for all
 * @param out output, {@code rows * heads.queryWidth()}
 */
public record Attention(
    Heads heads, float[] q, KvPool cache, Rows at, float scale, int window, float[] out)
    implements OpCall {
  /** Checks shapes and page tables. */
  public Attention {
    Shapes.length("q", q, (long) at.count() * heads.queryWidth());
    Shapes.length("out", out, (long) at.count() * heads.queryWidth());
    if (window < 0) {
      throw new IllegalArgumentException("window is " + window + ", expected 0 (none) or more");
    }
    checkCache(heads, cache);
    at.checkPages(cache);
  }

  @Override
  public Op op() {
    return Op.ATTENTION;
  }

  @Override
  public int rows() {
    return at.count();
  }

  static void checkCache(Heads heads, KvPool cache) {
    Shapes.equal("head size of the cache", cache.layout().headSize(), heads.size());
    Shapes.equal("key/value heads of the cache", cache.layout().kvHeads(), heads.keyValues());
  }
}
