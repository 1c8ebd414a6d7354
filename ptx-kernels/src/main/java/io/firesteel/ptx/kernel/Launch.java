package io.firesteel.ptx.kernel;

import java.util.List;
import java.util.Map;

/**
 * One launch of a kernel.
 *
 * @param kernel what is launched
 * @param gridX CTAs in x
 * @param gridY CTAs in y
 * @param gridZ CTAs in z
 * @param arguments eight bytes for each of the kernel's parameters, in order
 */
public record Launch(Kernel kernel, int gridX, int gridY, int gridZ, List<Long> arguments) {
  private static final int MAX_GRID_X = Integer.MAX_VALUE;
  private static final int MAX_GRID_YZ = 65_535;

  /** Takes an immutable copy of the arguments. */
  public Launch {
    arguments = List.copyOf(arguments);
  }

  static Launch of(Kernel kernel, Map<String, Long> arguments) {
    for (String name : arguments.keySet()) {
      if (kernel.parameters().stream().noneMatch(p -> p.name().equals(name))) {
        throw new IllegalArgumentException(
            "kernel "
                + kernel.spec()
                + " has no parameter '"
                + name
                + "', expected "
                + kernel.parameters());
      }
    }
    List<Long> values = kernel.parameters().stream().map(p -> value(kernel, p, arguments)).toList();
    return new Launch(
        kernel,
        grid(kernel, 0, arguments, MAX_GRID_X),
        grid(kernel, 1, arguments, MAX_GRID_YZ),
        grid(kernel, 2, arguments, MAX_GRID_YZ),
        values);
  }

  private static long value(Kernel kernel, Parameter parameter, Map<String, Long> arguments) {
    Long value = arguments.get(parameter.name());
    if (value == null) {
      throw new IllegalArgumentException(
          "launch of " + kernel.spec() + " misses parameter '" + parameter.name() + "'");
    }
    return value;
  }

  private static int grid(Kernel kernel, int axis, Map<String, Long> arguments, int max) {
    if (axis >= kernel.grid().size()) {
      return 1;
    }
    long size =
        Expression.evaluate(
            kernel.grid().get(axis),
            name -> arguments.containsKey(name) ? arguments.get(name).toString() : null);
    if (size < 1 || size > max) {
      throw new IllegalArgumentException(
          "launch of "
              + kernel.spec()
              + " has "
              + size
              + " CTAs along axis "
              + axis
              + ", expected 1 to "
              + max);
    }
    return (int) size;
  }
}
