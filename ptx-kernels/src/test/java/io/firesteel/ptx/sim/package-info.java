/**
 * An interpreter of PTX, so that the kernels themselves run and are checked on a machine without a
 * GPU.
 *
 * <p>{@link io.firesteel.ptx.sim.Parser} reads a module, {@link io.firesteel.ptx.sim.Decoder} turns
 * each instruction once into an operation over the 32 lanes of a warp, and {@link
 * io.firesteel.ptx.sim.Grid} runs the warps of several blocks in a seeded, interleaved order.
 * {@link io.firesteel.ptx.sim.SimDevice} puts the engine's own launches on it, {@link
 * io.firesteel.ptx.sim.Machine} any PTX text.
 *
 * <p>Faults that a GPU passes over in silence are exceptions here: access outside an allocation,
 * misaligned access, use of memory that nobody has written, races in shared memory, a missing wait
 * before the predecessor's results are read, and barriers that not every thread reaches.
 */
package io.firesteel.ptx.sim;
