package io.firesteel.model.ops;

/**
 * The shape of grouped-query attention (GQA): query head {@code h} reads key/value head {@code h /
 * group()}.
 *
 * @param queries number of query heads, a multiple of {@code keyValues}
 * @param keyValues number of key/value heads
 * @param size elements of a head
 */
public record Heads(int queries, int keyValues, int size) {
  /** Checks that the query heads divide evenly among the key/value heads. */
  public Heads {
    Shapes.positive("query heads", queries);
    Shapes.positive("key/value heads", keyValues);
    Shapes.positive("head size", size);
    Shapes.multiple("query heads", queries, keyValues);
  }

  /** Query heads that share one key/value head. */
  public int group() {
    return queries / keyValues;
  }

  /** Elements of all query heads of one token. */
  public int queryWidth() {
    return queries * size;
  }

  /** Elements of all key (or value) heads of one token. */
  public int keyValueWidth() {
    return keyValues * size;
  }
}
