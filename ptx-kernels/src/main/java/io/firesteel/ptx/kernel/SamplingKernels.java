package io.firesteel.ptx.kernel;

import io.firesteel.model.sampling.LogitBias;
import io.firesteel.model.sampling.Penalties;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.model.sampling.TokenMask;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Sampling on the device as {@code sample.ptx} does it, and the memory that tells it how. The
 * parameters are data: one launch, recorded once, serves them all, and changes nothing but that
 * memory from one to the next.
 */
public final class SamplingKernels {
  /** Largest vocabulary that the kernel takes. */
  public static final int MAX_VOCABULARY = 262_144;

  /** Words that describe how a row is sampled. */
  public static final int PARAMETER_WORDS = 16;

  /** Words of a bias: an id and a float's bits. */
  public static final int BIAS_WORDS = 2;

  /** Reason, in the second word of a row's state, for which the row goes on. */
  public static final int RUNS = 0;

  /** Reason to stop: a stop token was drawn. */
  public static final int STOP_TOKEN = 1;

  /** Reason to stop: as many tokens as asked for were drawn. */
  public static final int LIMIT = 2;

  /** Reason to stop: a logit was NaN or positive infinity, or none was left to draw. */
  public static final int BROKEN = 3;

  /**
   * Reason to stop: the next token must be drawn by the host, from the logits as they are. The row
   * has not moved on. It happens where the tokens that could be drawn are more than the kernel
   * keeps, such as a nucleus of thousands.
   */
  public static final int UNDECIDED = 4;

  private static final int CHUNK = 128;
  private static final int WARPS = 16;
  private static final int MAX_CTAS = 80;
  private static final int MAX_KEPT = 4096;

  private SamplingKernels() {}

  /**
   * The kernel for a vocabulary. Its arguments beyond those of {@link Kernels#sampleGreedy}: {@code
   * parameters}, {@link #PARAMETER_WORDS} words for each row; {@code recent}, {@code recent_stride}
   * ids for each row; {@code bias}, {@code bias_stride} pairs for each row; {@code scratch}, {@link
   * #scratchBytes}; {@code counters}, a zero for each row.
   *
   * @param vocabulary number of logits of a row, 1 to {@link #MAX_VOCABULARY}
   */
  public static KernelSpec sample(int vocabulary) {
    return KernelSpec.of("sample")
        .with("VOCABULARY", vocabulary)
        .with("CHUNKS_PER_WARP", chunksPerWarp(vocabulary));
  }

  /**
   * A kernel of {@link #sample} or {@link Kernels#sampleGreedy} that draws among some tokens only,
   * as if the logits of all others were negative infinity. One more argument: {@code masks}, {@link
   * #maskBytes} for each row.
   */
  public static KernelSpec masked(KernelSpec sampling) {
    return sampling.with("MASKED", 1);
  }

  /** Bytes of a row's mask: a bit for each token, in whole runs of 128. */
  public static long maskBytes(int vocabulary) {
    return CHUNK / Byte.SIZE * (long) Math.ceilDiv(vocabulary, CHUNK);
  }

  /** What {@code masks} holds for a row. */
  public static long[] mask(TokenMask allowed) {
    int words = Math.toIntExact(maskBytes(allowed.vocabulary()) / Long.BYTES);
    return Arrays.copyOf(allowed.words(), words);
  }

  /** Bytes of scratch that the kernel needs for {@code rows} rows. */
  public static long scratchBytes(int vocabulary, int rows) {
    int chunks = Math.ceilDiv(vocabulary, CHUNK);
    int chunksPerCta = WARPS * chunksPerWarp(vocabulary);
    int ctas = Math.ceilDiv(chunks, chunksPerCta);
    int kept = Math.min(CHUNK * chunksPerCta, MAX_KEPT / ctas);
    long header = 16L * ctas;
    long candidates = 16L * Math.ceilDiv(kept * ctas, 2);
    long sums = 16L * Math.ceilDiv(chunks, 2);
    long keys = 16L * Math.ceilDiv(vocabulary, 4);
    return rows * (header + candidates + sums + keys);
  }

  private static int chunksPerWarp(int vocabulary) {
    int chunks = Math.ceilDiv(vocabulary, CHUNK);
    return Math.ceilDiv(chunks, WARPS * MAX_CTAS);
  }

  /**
   * Whether the kernel samples this way. It does not know DRY, top-n-sigma, locally typical
   * sampling, XTC and dynamic temperature.
   */
  public static boolean supports(SamplingParameters p, int vocabulary) {
    return vocabulary <= MAX_VOCABULARY
        && !p.dry().active()
        && !p.xtc().active()
        && p.topNSigma() == 0
        && p.typicalP() == 1
        && p.temperatureRange() == 0;
  }

  /**
   * What {@code parameters} holds for a row.
   *
   * @param p parameters that are supported
   * @param draws number of tokens that the sequence had drawn when its state was last set to 0
   * @param recent number of ids in {@code recent}
   * @param biases number of pairs in {@code bias}
   */
  public static int[] parameters(SamplingParameters p, long draws, int recent, int biases) {
    boolean greedy = p.greedy();
    Penalties penalties = p.penalties();
    int[] words = new int[PARAMETER_WORDS];
    words[0] = greedy ? 1 : p.topK();
    words[1] = Float.floatToRawIntBits(greedy ? 1 : p.temperature());
    put(words, 2, Double.doubleToRawLongBits(greedy ? 1 : p.topP()));
    put(words, 4, Double.doubleToRawLongBits(greedy ? Math.log(0) : Math.log(p.minP())));
    put(words, 6, p.seed());
    put(words, 8, draws);
    words[10] = Float.floatToRawIntBits(penalties.repeat());
    words[11] = Float.floatToRawIntBits(penalties.frequency());
    words[12] = Float.floatToRawIntBits(penalties.presence());
    words[13] = penalties.active() ? penalties.lastTokens() : 0;
    words[14] = biases;
    words[15] = recent;
    return words;
  }

  private static void put(int[] words, int at, long value) {
    words[at] = (int) value;
    words[at + 1] = (int) (value >>> Integer.SIZE);
  }

  /** What {@code bias} holds for a row: pairs of an id and a float's bits. */
  public static int[] biases(LogitBias bias, int vocabulary) {
    return bias.bias().entrySet().stream()
        .filter(entry -> entry.getKey() < vocabulary)
        .flatMapToInt(
            entry -> IntStream.of(entry.getKey(), Float.floatToRawIntBits(entry.getValue())))
        .toArray();
  }
}
