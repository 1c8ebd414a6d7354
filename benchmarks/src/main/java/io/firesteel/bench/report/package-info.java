/** One page made of result files. */
package io.firesteel.bench.report;
