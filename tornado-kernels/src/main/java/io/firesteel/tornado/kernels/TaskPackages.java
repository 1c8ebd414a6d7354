package io.firesteel.tornado.kernels;

import java.lang.invoke.LambdaConversionException;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.common.TornadoFunctions;

/**
 * Makes TornadoVM's {@link TaskPackage} from a method and its arguments: what the compiler makes of
 * {@code new TaskPackage(id, Owner::method, arguments…)}, whose interface depends on the number of
 * arguments.
 */
final class TaskPackages {
  private static final int MOST_ARGUMENTS = 15;

  private TaskPackages() {}

  static TaskPackage of(String id, Method kernel, Object[] arguments) {
    if (arguments.length > MOST_ARGUMENTS) {
      throw new IllegalArgumentException(
          "%s has %d arguments, expected at most %d: TornadoVM has no task with more"
              .formatted(kernel.getName(), arguments.length, MOST_ARGUMENTS));
    }
    Object[] all = new Object[arguments.length + 2];
    all[0] = id;
    all[1] = reference(kernel, function(arguments.length));
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    try {
      return (TaskPackage) constructor(all.length).newInstance(all);
    } catch (InstantiationException | IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("TornadoVM refuses the task of " + kernel, e);
    }
  }

  private static Class<?> function(int arguments) {
    String name = TornadoFunctions.class.getName() + "$Task" + arguments;
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("this TornadoVM has no " + name, e);
    }
  }

  private static Constructor<?> constructor(int parameters) {
    return Arrays.stream(TaskPackage.class.getConstructors())
        .filter(c -> c.getParameterCount() == parameters)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "this TornadoVM has no TaskPackage of " + (parameters - 2) + " arguments"));
  }

  /** The method reference {@code Owner::kernel} as an instance of {@code function}. */
  private static Object reference(Method kernel, Class<?> function) {
    try {
      MethodHandles.Lookup lookup =
          MethodHandles.privateLookupIn(kernel.getDeclaringClass(), MethodHandles.lookup());
      MethodHandle handle = lookup.unreflect(kernel);
      MethodType erased =
          MethodType.genericMethodType(kernel.getParameterCount()).changeReturnType(void.class);
      return LambdaMetafactory.metafactory(
              lookup,
              "apply",
              MethodType.methodType(function),
              erased,
              handle,
              instantiated(handle))
          .getTarget()
          .invoke();
    } catch (LambdaConversionException | IllegalAccessException e) {
      throw new IllegalArgumentException(kernel + " cannot be a task", e);
    } catch (Throwable e) {
      throw new IllegalStateException(kernel + " cannot be made a task", e);
    }
  }

  private static MethodType instantiated(MethodHandle handle) {
    return handle.type().wrap().changeReturnType(void.class);
  }
}
