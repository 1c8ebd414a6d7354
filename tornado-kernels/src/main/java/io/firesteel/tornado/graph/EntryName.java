package io.firesteel.tornado.graph;

import io.firesteel.tornado.kernels.Argument;
import java.util.List;
import java.util.Locale;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The name that TornadoVM expects of a prebuilt task's entry function: graph, task, entry point and
 * arguments, joined by underscores in lower case. Arrays stand there with their class, numbers with
 * their value but without its sign.
 */
final class EntryName {
  private EntryName() {}

  static String of(String graph, String task, String entryPoint, List<Argument> arguments) {
    StringBuilder name = new StringBuilder(graph + "_" + task + "_" + entryPoint);
    for (Argument argument : arguments) {
      name.append('_').append(part(argument.value()));
    }
    return name.toString().toLowerCase(Locale.ROOT);
  }

  private static String part(Object value) {
    return value instanceof TornadoNativeArray
        ? "arrays_" + value.getClass().getSimpleName()
        : value.toString().replace('.', '_').replace("-", "");
  }
}
