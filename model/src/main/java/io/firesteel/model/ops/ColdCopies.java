package io.firesteel.model.ops;

/**
 * How often a call's weights must be laid out in memory so that runs that rotate among the copies
 * read them from memory, as a model's steps do, and not from a cache.
 */
public final class ColdCopies {
  /** More than any cache of today's GPUs holds. */
  private static final long COLD_BYTES = 256L << 20;

  /** What all copies may take: of a mixture a run reads a few experts, a copy holds all of them. */
  private static final long HELD_BYTES = 2L << 30;

  private static final int MOST = 64;

  private ColdCopies() {}

  /**
   * Copies for a call.
   *
   * @param read bytes that a run reads of the weights or of the cache
   * @return at least 1
   */
  public static int of(OpCall call, long read) {
    long cold = Math.ceilDiv(COLD_BYTES, Math.max(1, read));
    long room = HELD_BYTES / Math.max(1, WeightCopies.heldBytes(call));
    return Math.clamp(Math.min(cold, room), 1, MOST);
  }
}
