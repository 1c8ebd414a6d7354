/**
 * Compressed models. {@link io.firesteel.loader.unpack.ModelCache} turns a compressed or archived
 * GGUF file into a plain one that can be mapped: unpacked once, whole or not at all, into a cache
 * folder. Packed files are taken as hostile: sizes, names and nesting are bounded before anything
 * is written.
 */
package io.firesteel.loader.unpack;
