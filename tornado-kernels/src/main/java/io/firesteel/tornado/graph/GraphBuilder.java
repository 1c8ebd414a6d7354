package io.firesteel.tornado.graph;

import io.firesteel.tornado.kernels.Argument;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Collects the tasks of one task graph. Ids of tasks tell the kernel and its geometry, so that
 * graphs of the same name share the code of tasks that are alike.
 */
public final class GraphBuilder {
  /** Bytes of TornadoVM's own form of a graph, which it keeps in an array of fixed size. */
  private static final int CAPACITY = 8192;

  private static final int TASK_BYTES = 16;
  private static final int ARGUMENT_BYTES = 5;

  private final String name;
  private final OpTasks adder;
  private final List<GraphTask> tasks = new ArrayList<>();
  private int bytes;

  /**
   * A graph without tasks.
   *
   * @param adder puts the tasks into the graph
   */
  public GraphBuilder(String name, OpTasks adder) {
    this.name = name;
    this.adder = adder;
  }

  /** Name of the graph. */
  public String name() {
    return name;
  }

  /** Whether more tasks fit. */
  public boolean fits(List<GraphTask> more) {
    return bytes + bytesOf(more) <= CAPACITY;
  }

  /** Number of tasks. */
  public int size() {
    return tasks.size();
  }

  /** Adds tasks behind those that are there. */
  public void add(List<GraphTask> more) {
    if (!fits(more)) {
      throw new IllegalStateException(
          "graph " + name + " has no room for " + more.size() + " tasks behind " + tasks.size());
    }
    bytes += bytesOf(more);
    tasks.addAll(more);
  }

  private static int bytesOf(List<GraphTask> tasks) {
    return tasks.stream()
        .mapToInt(t -> TASK_BYTES + ARGUMENT_BYTES * (t.arguments().size() + 1))
        .sum();
  }

  /** The arguments of all tasks that are arrays. */
  public List<Argument> arguments() {
    return tasks.stream()
        .flatMap(task -> task.arguments().stream())
        .filter(argument -> argument.value() instanceof TornadoNativeArray)
        .toList();
  }

  /** The arrays of all tasks, each once, in order of first use. */
  public Set<TornadoNativeArray> arrays() {
    Set<TornadoNativeArray> ordered = new LinkedHashSet<>();
    for (GraphTask task : tasks) {
      for (Argument argument : task.arguments()) {
        if (argument.value() instanceof TornadoNativeArray array) {
          ordered.add(array);
        }
      }
    }
    return ordered;
  }

  /**
   * The graph with its tasks.
   *
   * @param uploads arrays copied to the device before the first run
   * @param inputs arrays copied to the device before every run
   * @param consumed for each name of a graph that may run before: the arrays that it has left on
   *     the device for this one
   */
  public TaskGraph graph(
      List<TornadoNativeArray> uploads,
      List<TornadoNativeArray> inputs,
      Map<String, List<TornadoNativeArray>> consumed) {
    TaskGraph graph = new TaskGraph(name);
    consumed.forEach((from, arrays) -> graph.consumeFromDevice(from, arrays.toArray()));
    if (!uploads.isEmpty()) {
      graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, uploads.toArray());
    }
    if (!inputs.isEmpty()) {
      graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, inputs.toArray());
    }
    adder.add(graph, "t", tasks);
    return graph;
  }
}
