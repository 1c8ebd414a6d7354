/** Benchmarks, comparisons and accuracy gates. */
package io.firesteel.bench;
