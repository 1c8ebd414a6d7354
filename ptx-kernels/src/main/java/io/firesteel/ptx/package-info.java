/** Decode ops as hand-written PTX, launched through the CUDA driver. */
package io.firesteel.ptx;
