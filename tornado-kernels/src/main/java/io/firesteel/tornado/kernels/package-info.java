/**
 * The decode ops as Java kernels for TornadoVM.
 *
 * <p>A kernel is a static method; its class also states its contract and makes its {@link
 * io.firesteel.tornado.kernels.KernelTask}. The classes named after an op, such as {@link
 * io.firesteel.tornado.kernels.AttnInOp}, put the kernels of one op in order.
 *
 * <p>Kernels see arrays and numbers only: no objects, no exceptions, no 64-bit indices. Numbers
 * that are arguments become constants of the compiled code; what changes from token to token lies
 * in arrays. Warps are runs of 32 work items of a group.
 */
package io.firesteel.tornado.kernels;
