/**
 * A test device for TornadoVM kernels on the plain JVM: work groups with barriers, local memory and
 * warps, and checks that GPUs do not make.
 *
 * <pre>{@code
 * JvmDevice device = new JvmDevice(seed);
 * device.run(KernelTask.of(Silu.class, "silu", Geometry.ofItems(n), in(x), out(y), scalar(n)));
 * }</pre>
 *
 * <p>{@link io.firesteel.tornado.device.JvmDevice} says what is reported. The kernel's classes are
 * loaded anew with every access to memory reported to the device; nothing has to be changed or
 * compiled for it.
 */
package io.firesteel.tornado.device;
