/** Decode ops as Java kernels that TornadoVM compiles. */
package io.firesteel.tornado;
