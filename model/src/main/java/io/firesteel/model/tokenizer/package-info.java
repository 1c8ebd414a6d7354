/**
 * Text to token ids and back, from the vocabulary in a GGUF file: byte-level BPE and SentencePiece,
 * special tokens, and decoding as a stream. Start at {@link
 * io.firesteel.model.tokenizer.Tokenizer}.
 */
package io.firesteel.model.tokenizer;
