package io.firesteel.bench.measure;

import java.util.Arrays;
import java.util.List;

/**
 * What a rate benchmark measures.
 *
 * @param contexts positions in the cache before decoding; measured from the shortest to the longest
 * @param tokens tokens of a decoding run
 * @param prefills lengths of prompts
 * @param batches numbers of sessions that decode together, at the shortest context
 * @param sampled whether decoding is measured with sampling at temperature 0.8 too
 */
public record RatePlan(
    List<Integer> contexts,
    int tokens,
    List<Integer> prefills,
    List<Integer> batches,
    boolean sampled) {
  /** Sorts the contexts, and leaves out what is named twice. */
  public RatePlan {
    contexts = contexts.stream().distinct().sorted().toList();
    prefills = prefills.stream().distinct().toList();
    batches = batches.stream().distinct().toList();
  }

  /** Positions that one session needs. */
  public int longestSession() {
    return Math.max(largest(contexts) + 1 + tokens, largest(prefills) + 1);
  }

  /**
   * Positions that the cache needs for all sessions that are open at a time.
   *
   * @param page positions of a page
   */
  public int cacheTokens(int page) {
    int slack = 2 * page;
    long standing = largest(contexts) + (long) contexts.size() * (tokens + slack);
    long together = (long) largest(batches) * (shortest() + tokens + slack);
    long alone = (long) largest(prefills) + slack;
    return Math.toIntExact(standing + Math.max(together, alone));
  }

  /** The context of the measurements with several sessions. */
  public int shortest() {
    return contexts.getFirst();
  }

  private static int largest(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  /** A list of numbers. */
  public static List<Integer> list(int... values) {
    return Arrays.stream(values).boxed().toList();
  }
}
