package io.firesteel.tornado.kernels;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;

/**
 * One launch of a Java kernel on given arrays: what a task graph needs to hold it, and the JVM
 * device to run it.
 *
 * @param owner class of the kernel
 * @param kernel name of a public static method, the only one of this name, whose first parameter is
 *     a {@link KernelContext}
 * @param geometry groups and group size
 * @param arguments the other arguments, in order
 */
public record KernelTask(
    Class<?> owner, String kernel, Geometry geometry, List<Argument> arguments) {
  /** Checks that the kernel exists and takes these arguments. */
  public KernelTask {
    arguments = List.copyOf(arguments);
    checkParameters(method(owner, kernel), arguments);
  }

  /** A launch with the given arguments. */
  public static KernelTask of(
      Class<?> owner, String kernel, Geometry geometry, Argument... arguments) {
    return new KernelTask(owner, kernel, geometry, List.of(arguments));
  }

  /** Class and method, such as {@code RmsNorm.rmsNorm}. */
  public String name() {
    return owner.getSimpleName() + "." + kernel;
  }

  /** The kernel. */
  public Method method() {
    return method(owner, kernel);
  }

  /** All arguments, the context first. */
  public Object[] values(KernelContext context) {
    Object[] values = new Object[arguments.size() + 1];
    values[0] = context;
    for (int i = 0; i < arguments.size(); i++) {
      values[i + 1] = arguments.get(i).value();
    }
    return values;
  }

  /**
   * The launch as TornadoVM takes it: {@code taskGraph.addTask(task.taskPackage("norm", context))}.
   *
   * @param id name of the task in its graph; the geometry's grid has to be given to the {@code
   *     GridScheduler} under {@code graph.id}
   * @param context the context that all tasks of a graph share
   */
  public TaskPackage taskPackage(String id, KernelContext context) {
    return TaskPackages.of(id, method(), values(context));
  }

  private static Method method(Class<?> owner, String kernel) {
    List<Method> found =
        Arrays.stream(owner.getMethods()).filter(m -> m.getName().equals(kernel)).toList();
    if (found.size() != 1 || !Modifier.isStatic(found.getFirst().getModifiers())) {
      throw new IllegalArgumentException(
          owner.getName()
              + " has "
              + found.size()
              + " public methods named "
              + kernel
              + ", expected one, which is static");
    }
    return found.getFirst();
  }

  private static void checkParameters(Method method, List<Argument> arguments) {
    Class<?>[] parameters = method.getParameterTypes();
    String expected = Arrays.toString(parameters);
    if (parameters.length == 0 || parameters[0] != KernelContext.class) {
      throw new IllegalArgumentException(
          method + " has parameters " + expected + ", expected a KernelContext as the first");
    }
    if (parameters.length != arguments.size() + 1) {
      throw new IllegalArgumentException(
          "%s takes %d arguments after the context, found %d"
              .formatted(method, parameters.length - 1, arguments.size()));
    }
    for (int i = 0; i < arguments.size(); i++) {
      Class<?> found = arguments.get(i).value().getClass();
      if (boxed(parameters[i + 1]) != found) {
        throw new IllegalArgumentException(
            "argument %d of %s is a %s, expected a %s"
                .formatted(
                    i + 1,
                    method.getName(),
                    found.getSimpleName(),
                    parameters[i + 1].getSimpleName()));
      }
    }
  }

  private static Class<?> boxed(Class<?> parameter) {
    if (parameter == int.class) {
      return Integer.class;
    }
    return parameter == float.class ? Float.class : parameter;
  }
}
