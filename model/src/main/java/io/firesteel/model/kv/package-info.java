/**
 * The paged KV cache: page formats, page tables, reference counts and copy-on-write.
 *
 * <p>This package does the book-keeping; an engine owns the memory that the pages lie in.
 */
package io.firesteel.model.kv;
