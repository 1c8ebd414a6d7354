/** Every op of the decode graph, in every implementation, type and shape: times and errors. */
package io.firesteel.bench.op;
