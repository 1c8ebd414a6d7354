package io.firesteel.ptx.kernel;

import java.util.List;
import java.util.Map;

/**
 * A specialised kernel: PTX for one target, and the contract from its head.
 *
 * @param spec template and constants
 * @param target architecture that the code is for
 * @param entry name of the entry function
 * @param parameters in order
 * @param block threads of a CTA
 * @param grid CTAs in x, y and z: expressions over the scalar parameters, all constants already
 *     replaced
 * @param limits what the kernel may use
 * @param code the entry function, without header lines
 */
public record Kernel(
    KernelSpec spec,
    Target target,
    String entry,
    List<Parameter> parameters,
    int block,
    List<String> grid,
    Limits limits,
    String code) {
  private static final String DYNAMIC_MEMORY = ".extern .shared .align 16 .b8 dynamic_memory[];\n";

  /** Takes immutable copies of the lists. */
  public Kernel {
    parameters = List.copyOf(parameters);
    grid = List.copyOf(grid);
  }

  /** A complete PTX file with this kernel alone. */
  public String ptx() {
    return module(List.of(this));
  }

  /** A complete PTX file with several kernels, all for the same target. */
  public static String module(List<Kernel> kernels) {
    Target target = kernels.getFirst().target();
    StringBuilder text = new StringBuilder(target.header());
    if (kernels.stream().anyMatch(kernel -> kernel.limits().dynamicBytes() > 0)) {
      text.append(DYNAMIC_MEMORY);
    }
    for (Kernel kernel : kernels) {
      if (kernel.target() != target) {
        throw new IllegalArgumentException(
            "kernel " + kernel.entry() + " is for " + kernel.target() + ", expected " + target);
      }
      text.append(kernel.code());
    }
    return text.toString();
  }

  /**
   * The launch of this kernel with the given arguments.
   *
   * @param arguments for each parameter name its value: an address, an integer, or a float's bits
   * @throws IllegalArgumentException if names are missing or unknown, or the grid is out of range
   */
  public Launch launch(Map<String, Long> arguments) {
    return Launch.of(this, arguments);
  }
}
