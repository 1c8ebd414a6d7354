/**
 * The hand-written PTX kernels: {@code .ptx} templates, the specialiser that turns a template and
 * its constants into PTX for one GPU architecture, and the contract (parameters, launch geometry,
 * limits) that each kernel states at its head.
 *
 * <p>Nothing here needs a GPU or a driver. {@link io.firesteel.ptx.kernel.Kernels} names the
 * kernels, {@link io.firesteel.ptx.kernel.Specialiser} makes them ready to load, {@link
 * io.firesteel.ptx.kernel.Launch} describes one launch.
 */
package io.firesteel.ptx.kernel;
