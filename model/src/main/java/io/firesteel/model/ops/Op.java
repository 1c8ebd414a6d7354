package io.firesteel.model.ops;

import java.util.Locale;

/** The ops of a decode step, in the order in which a token passes through them. */
public enum Op {
  /** Token id to hidden state. */
  EMBED,
  /** RMSNorm, then the query, key and value projections. */
  ATTN_IN,
  /** Per-head norms, rotary position embedding, append to the KV cache. */
  ROPE_KV,
  /** Flash-decode: softmax attention over the paged cache. */
  ATTENTION,
  /** Output projection added to the hidden state. */
  ATTN_OUT,
  /** RMSNorm, gate projection, choice of experts. */
  ROUTER,
  /** RMSNorm, gate and up projections of the chosen experts, SwiGLU. */
  EXPERT_IN,
  /** Down projections of the chosen experts, weighted and added to the hidden state. */
  EXPERT_OUT,
  /** Final RMSNorm and output head. */
  LOGITS,
  /** Choice of the next token. */
  SAMPLE;

  /**
   * The name used in {@code tornado.properties}, benchmarks and messages, such as {@code attn_in}.
   */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
