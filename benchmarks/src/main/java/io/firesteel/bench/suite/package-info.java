/**
 * Published sets of scored questions, read in their own formats and scored as they are published.
 */
package io.firesteel.bench.suite;
