/**
 * Pre-tokenisers: how byte-level BPE cuts text into words, inside which merges run. A file names
 * its pre-tokeniser in {@code tokenizer.ggml.pre}; {@link
 * io.firesteel.model.tokenizer.pre.PreTokenizer#named} lists those known.
 */
package io.firesteel.model.tokenizer.pre;
