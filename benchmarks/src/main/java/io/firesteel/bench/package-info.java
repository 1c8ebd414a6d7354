/** Benchmarks, comparisons and accuracy gates; the commands are in {@code cli}. */
package io.firesteel.bench;
