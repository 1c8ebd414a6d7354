/**
 * The CUDA driver API as owned objects: devices, contexts, streams, memory, modules, events and
 * graphs.
 *
 * <p>Everything that {@link io.firesteel.ptx.driver.Context} hands out belongs to it and may be
 * closed in any order, any number of times; after that its methods throw {@link
 * IllegalStateException}. Failures of the driver are thrown as {@link
 * io.firesteel.ptx.driver.CudaException}. Nothing here is loaded from native libraries before
 * {@link io.firesteel.ptx.driver.Driver#probe} has found {@code libcuda.so.1}.
 */
package io.firesteel.ptx.driver;
