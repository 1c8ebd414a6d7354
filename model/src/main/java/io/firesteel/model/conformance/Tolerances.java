package io.firesteel.model.conformance;

import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.ops.Op;

/**
 * Largest normalised mean square error ({@link Nmse}) of an op's output against the reference in
 * double precision, by how an implementation computes. Weights of all types are dequantised exactly
 * in both, so the type matters only where an implementation multiplies integers.
 *
 * <table>
 *   <caption>Largest NMSE</caption>
 *   <tr><th>op</th><th>{@link #FLOAT32}</th><th>{@link #HALF}</th><th>{@link #INT8}</th></tr>
 *   <tr><td>embed</td><td>0</td><td>0</td><td>0</td></tr>
 *   <tr><td>attn_in, attn_out, logits</td><td>1e-11</td><td>1e-5</td><td>1e-3</td></tr>
 *   <tr><td>rope_kv</td><td>1e-11</td><td>1e-11</td><td>1e-11</td></tr>
 *   <tr><td>attention</td><td>1e-11</td><td>1e-5</td><td>1e-5</td></tr>
 *   <tr><td>router</td><td>1e-10</td><td>1e-10</td><td>1e-10</td></tr>
 *   <tr><td>expert_in</td><td>1e-10</td><td>1e-5</td><td>2e-3</td></tr>
 *   <tr><td>expert_out</td><td>1e-11</td><td>1e-5</td><td>1e-3</td></tr>
 * </table>
 *
 * <p>Sources: a float32 sum of n products errs by about 2⁻²⁴ relative to the size of its terms
 * (NMSE 4e-15), more where terms cancel; a half float has a relative error of 2⁻¹² (NMSE 2e-8 for
 * one factor); activations rounded to 8 bits with one scale for 32 have an NMSE near 3e-5 (uniform
 * error of a 254th of the largest of 32); a row of outputs with few elements, whose products cancel
 * in part, has up to 30 times that, and SwiGLU, where gate and up both err, twice as much again.
 */
public enum Tolerances {
  /** Products and sums in float32. */
  FLOAT32(1e-11, 1e-11, 1e-10),
  /** Factors rounded to half floats (tensor cores), sums in float32. */
  HALF(1e-5, 1e-5, 1e-5),
  /** Activations rounded to 8 bits for products with quantised weights. */
  INT8(1e-3, 1e-5, 2e-3);

  private final double product;
  private final double attention;
  private final double expertIn;

  Tolerances(double product, double attention, double expertIn) {
    this.product = product;
    this.attention = attention;
    this.expertIn = expertIn;
  }

  /** Largest error of an op's outputs. */
  public double nmse(Op op) {
    return switch (op) {
      case EMBED, SAMPLE -> 0;
      case ATTN_IN, ATTN_OUT, LOGITS, EXPERT_OUT -> product;
      case ROPE_KV -> 1e-11;
      case ATTENTION -> attention;
      case ROUTER -> 1e-10;
      case EXPERT_IN -> expertIn;
    };
  }

  /**
   * Largest error of keys and values in the cache: those of {@link Op#ROPE_KV}, and what it makes
   * to round the other way where a value lies between two representable ones.
   */
  public double cacheNmse(KvFormat format) {
    return switch (format) {
      case F32 -> nmse(Op.ROPE_KV);
      case F16 -> 1e-7;
      case Q8 -> 1e-4;
    };
  }

  /**
   * Largest difference of two scores, relative to the larger, for which either expert may be
   * chosen.
   */
  public double routerTie() {
    return 1e-5;
  }
}
