package io.firesteel.model.tokenizer;

/** Turns text without special tokens into ids. Immutable and safe for use by several threads. */
sealed interface Encoder permits BytePairEncoder, SentencePieceEncoder {

  /**
   * Appends the ids of {@code utf8[from, to)}.
   *
   * @param afterSpecial whether the text stands at the beginning or after a special token
   */
  void encode(byte[] utf8, int from, int to, boolean afterSpecial, IntList ids);
}
