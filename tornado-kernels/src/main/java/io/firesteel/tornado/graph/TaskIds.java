package io.firesteel.tornado.graph;

import io.firesteel.tornado.kernels.Argument;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Ids of the tasks of one graph. TornadoVM keeps a task's code under the task's id in lower case,
 * and each task needs an id of its own: so the ids of tasks that run the same code differ in the
 * case of their last letters alone, and the code is made once for all of them.
 */
final class TaskIds {
  private static final int LETTERS = 12;

  private final String prefix;
  private final Map<String, Integer> alike = new HashMap<>();

  /**
   * For tasks that are added to a graph together.
   *
   * @param prefix beginning of the ids, different for each such call on a graph
   */
  TaskIds(String prefix) {
    this.prefix = prefix;
  }

  /**
   * An id for one more task.
   *
   * @param kernel kernel and geometry
   * @param arguments of which the numbers are constants of the code
   */
  String next(String kernel, List<Argument> arguments) {
    String code = "%s_%s_%08x".formatted(prefix, kernel, numbers(arguments).hashCode());
    int before = alike.merge(code, 1, Integer::sum) - 1;
    if (before >= 1 << LETTERS) {
      throw new IllegalStateException(
          "more than %d tasks run %s in one graph".formatted(1 << LETTERS, kernel));
    }
    StringBuilder id = new StringBuilder(code).append('_');
    for (int bit = LETTERS - 1; bit >= 0; bit--) {
      id.append((before >> bit & 1) == 0 ? 'o' : 'O');
    }
    return id.toString();
  }

  private static List<Object> numbers(List<Argument> arguments) {
    return arguments.stream()
        .map(Argument::value)
        .filter(value -> !(value instanceof TornadoNativeArray))
        .toList();
  }
}
