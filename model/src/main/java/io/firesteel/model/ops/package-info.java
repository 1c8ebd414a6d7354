/**
 * The decode graph's ops: what each reads and writes, with shapes checked, and their reference in
 * double precision.
 *
 * <p>An {@link io.firesteel.model.ops.OpCall} is one call of one op on host memory. Every
 * implementation is an {@link io.firesteel.model.ops.Ops}; the conformance suite runs the same
 * calls on all of them.
 */
package io.firesteel.model.ops;
