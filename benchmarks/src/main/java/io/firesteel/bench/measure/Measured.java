package io.firesteel.bench.measure;

/**
 * What repeated runs of one kind gave.
 *
 * @param rates tokens a second of each run
 * @param tokens tokens of all runs together
 * @param firstTokens seconds from the beginning of each run to its first token
 * @param use what the device did during the runs
 */
public record Measured(Samples rates, long tokens, Samples firstTokens, DeviceUse use) {
  /** These runs and then others of the same kind. */
  public Measured and(Measured others) {
    return new Measured(
        rates.and(others.rates),
        tokens + others.tokens,
        firstTokens.and(others.firstTokens),
        use.and(others.use));
  }
}
