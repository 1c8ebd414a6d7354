/**
 * From ops to kernels: {@link io.firesteel.ptx.engine.OpLauncher} maps each call to launches over a
 * {@link io.firesteel.ptx.engine.KernelDevice}, be it a GPU or an interpreter.
 */
package io.firesteel.ptx.engine;
