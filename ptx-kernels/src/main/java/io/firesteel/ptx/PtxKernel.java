package io.firesteel.ptx;

import io.firesteel.ptx.driver.Context;
import io.firesteel.ptx.driver.Device;
import io.firesteel.ptx.driver.Dim;
import io.firesteel.ptx.driver.Function;
import io.firesteel.ptx.driver.LaunchShape;
import io.firesteel.ptx.driver.Module;
import io.firesteel.ptx.driver.Stream;
import io.firesteel.ptx.kernel.Kernel;
import io.firesteel.ptx.kernel.KernelSpec;
import io.firesteel.ptx.kernel.Launch;
import io.firesteel.ptx.kernel.Parameter;
import io.firesteel.ptx.kernel.Specialiser;
import io.firesteel.ptx.kernel.Target;
import java.util.List;
import java.util.Map;

/**
 * One kernel for a program's own use, in the program's own context and stream:
 *
 * <pre>{@code
 * Context context = Context.borrowCurrent(Driver.devices().getFirst());
 * Stream stream = Stream.borrow(context, cuStream);
 * try (PtxKernel kernel =
 *     PtxKernel.load(context, Kernels.dequantise(TensorType.Q4_K, rows, columns))) {
 *   kernel.launch(stream, Map.of("weights", address(blocks), "out", address(floats)));
 * }
 * }</pre>
 *
 * <p>Which parameters a kernel has, what they point to and what it needs zeroed stands in the head
 * of its {@code .ptx} file; {@link io.firesteel.ptx.kernel.Kernels} makes the specs.
 */
public final class PtxKernel implements AutoCloseable {
  private final Kernel kernel;
  private final Module module;
  private final Function function;

  private PtxKernel(Kernel kernel, Module module) {
    this.kernel = kernel;
    this.module = module;
    this.function = module.function(kernel.entry()).prepare(kernel.limits().dynamicBytes());
  }

  /**
   * Specialises a kernel for the context's device, assembles it and loads it.
   *
   * @throws IllegalArgumentException if the device is older than sm_80
   * @throws io.firesteel.ptx.kernel.TemplateException if the kernel refuses the constants
   * @throws io.firesteel.ptx.driver.CudaException if the driver refuses
   */
  public static PtxKernel load(Context context, KernelSpec spec) {
    Device device = context.device();
    Target target =
        Target.forDevice(device.major(), device.minor())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "device is " + device.describe() + ", expected sm_80 or later"));
    Kernel kernel = new Specialiser().specialise(spec, target);
    return new PtxKernel(kernel, context.load(kernel.entry(), kernel.ptx()));
  }

  /** The kernel's parameters, all of which a launch must give. */
  public List<Parameter> parameters() {
    return kernel.parameters();
  }

  /**
   * Queues the kernel after what the stream already holds.
   *
   * @param stream of the context that the kernel was loaded in
   * @param arguments for each parameter its value: an address on the device (see {@link
   *     io.firesteel.ptx.driver.DeviceMemory#address(jcuda.driver.CUdeviceptr)}), an integer, or a
   *     float's bits
   * @throws IllegalArgumentException if names are missing or unknown, or the grid is out of range
   */
  public void launch(Stream stream, Map<String, Long> arguments) {
    Launch launch = kernel.launch(arguments);
    stream.launch(
        function,
        new LaunchShape(
                new Dim(launch.gridX(), launch.gridY(), launch.gridZ()), Dim.of(kernel.block()))
            .withSharedBytes(kernel.limits().dynamicBytes()),
        launch.arguments().stream().mapToLong(Long::longValue).toArray());
  }

  /** Unloads the kernel; what has been queued must be done. */
  @Override
  public void close() {
    module.close();
  }
}
