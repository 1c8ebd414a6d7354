package io.firesteel.tornado.kernels;

import io.firesteel.model.sampling.Draw;
import io.firesteel.model.sampling.Penalties;
import io.firesteel.model.sampling.SamplingParameters;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * How the next token of each row is drawn, as the kernels read it.
 *
 * @param counts for each row top-k and the number of tokens that are named
 * @param factors for each row temperature, and repeat, frequency and presence penalty
 * @param shares for each row top-p, the logarithm of min-p, and the chance of the draw
 * @param tokens for each row {@code capacity} ids: those with a bias or a penalty, each once
 * @param biases as many: what is added to the logit
 * @param occurrences as many: how often the token occurred lately
 * @param capacity how many tokens a row can name
 */
public record Chances(
    IntArray counts,
    FloatArray factors,
    DoubleArray shares,
    IntArray tokens,
    FloatArray biases,
    IntArray occurrences,
    int capacity) {
  static final int COUNTS = 2;
  static final int TOP_K = 0;
  static final int NAMED = 1;

  static final int FACTORS = 4;
  static final int TEMPERATURE = 0;
  static final int REPEAT = 1;
  static final int FREQUENCY = 2;
  static final int PRESENCE = 3;

  static final int SHARES = 3;
  static final int TOP_P = 0;
  static final int LOG_MIN_P = 1;
  static final int DRAW = 2;

  /** Arrays for rows that name up to {@code capacity} tokens. */
  public static Chances of(int rows, int capacity) {
    int named = rows * Math.max(1, capacity);
    Chances chances =
        new Chances(
            new IntArray(rows * COUNTS),
            new FloatArray(rows * FACTORS),
            new DoubleArray(rows * SHARES),
            new IntArray(named),
            new FloatArray(named),
            new IntArray(named),
            Math.max(1, capacity));
    chances.counts.init(0);
    chances.factors.init(1);
    chances.shares.init(0);
    chances.tokens.init(0);
    chances.biases.init(0);
    chances.occurrences.init(0);
    return chances;
  }

  /** All arrays. */
  public List<TornadoNativeArray> arrays() {
    return List.of(counts, factors, shares, tokens, biases, occurrences);
  }

  /** Whether the kernels can draw this way: see {@link SampleOp#draw}. */
  public static boolean isSupported(SamplingParameters p) {
    return !p.dry().active()
        && !p.xtc().active()
        && p.topNSigma() == 0
        && p.typicalP() == 1
        && p.temperatureRange() == 0;
  }

  /** How many tokens a row names at most: those with a bias and those that occurred lately. */
  public static int named(SamplingParameters parameters, int recent) {
    return parameters.logitBias().bias().size() + window(parameters.penalties(), recent);
  }

  /**
   * Says how a row is drawn.
   *
   * @param recent latest tokens of the row's sequence, oldest first
   * @param draw number of tokens that the sequence has drawn before
   * @return whether the row names no more tokens than there is room for; if not, nothing is changed
   */
  public boolean set(
      int row, SamplingParameters parameters, int vocabulary, int[] recent, long draw) {
    Map<Integer, Integer> lately = lately(parameters.penalties(), recent);
    Map<Integer, Float> bias = new TreeMap<>(parameters.logitBias().bias());
    lately.keySet().forEach(token -> bias.putIfAbsent(token, 0f));
    bias.keySet().removeIf(token -> token >= vocabulary);
    if (bias.size() > capacity) {
      return false;
    }
    int at = row * capacity;
    for (Map.Entry<Integer, Float> entry : bias.entrySet()) {
      tokens.set(at, entry.getKey());
      biases.set(at, entry.getValue());
      occurrences.set(at++, lately.getOrDefault(entry.getKey(), 0));
    }
    boolean greedy = parameters.greedy();
    counts.set(row * COUNTS + TOP_K, greedy ? 1 : parameters.topK());
    counts.set(row * COUNTS + NAMED, bias.size());
    factors.set(row * FACTORS + TEMPERATURE, greedy ? 1 : parameters.temperature());
    factors.set(row * FACTORS + REPEAT, parameters.penalties().repeat());
    factors.set(row * FACTORS + FREQUENCY, parameters.penalties().frequency());
    factors.set(row * FACTORS + PRESENCE, parameters.penalties().presence());
    shares.set(row * SHARES + TOP_P, greedy ? 1 : parameters.topP());
    shares.set(row * SHARES + LOG_MIN_P, logMinP(greedy ? 0 : parameters.minP()));
    shares.set(row * SHARES + DRAW, Draw.of(parameters.seed(), draw).token());
    return true;
  }

  /** ln 0 as a number that leaves all tokens. */
  private static double logMinP(float minP) {
    return minP == 0 ? AdjustLogits.BANNED : Math.log(minP);
  }

  private static Map<Integer, Integer> lately(Penalties penalties, int[] recent) {
    Map<Integer, Integer> lately = new TreeMap<>();
    for (int i = recent.length - window(penalties, recent.length); i < recent.length; i++) {
      lately.merge(recent[i], 1, Integer::sum);
    }
    return lately;
  }

  /** How many of the latest tokens count. */
  private static int window(Penalties penalties, int recent) {
    if (!penalties.active()) {
      return 0;
    }
    return penalties.lastTokens() < 0 ? recent : Math.min(recent, penalties.lastTokens());
  }
}
