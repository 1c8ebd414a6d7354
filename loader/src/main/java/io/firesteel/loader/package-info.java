/**
 * GGUF in, nothing else: memory-mapped files, metadata, tensors, block formats and compressed
 * files.
 */
package io.firesteel.loader;
