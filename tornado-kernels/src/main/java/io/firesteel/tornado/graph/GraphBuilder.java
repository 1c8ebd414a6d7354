package io.firesteel.tornado.graph;

import io.firesteel.tornado.kernels.Argument;
import io.firesteel.tornado.sdk.GraphLimits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Collects the tasks of one task graph. */
public final class GraphBuilder {
  /** Nodes for the device, for outputs, and for what two writers of an array need. */
  private static final int SPARE_NODES = 24;

  /** Beside one for each array that a task writes and for each number. */
  private static final int NODES_OF_TASK = 2;

  private static final int NODES_OF_ARRAY = 3;

  private static final int TASK_BYTES = 16;
  private static final int ARGUMENT_BYTES = 5;

  private final String name;
  private final OpTasks adder;
  private final GraphLimits limits;
  private final List<GraphTask> tasks = new ArrayList<>();

  /**
   * A graph without tasks.
   *
   * @param adder puts the tasks into the graph
   * @param limits how large the graph can be
   */
  public GraphBuilder(String name, OpTasks adder, GraphLimits limits) {
    this.name = name;
    this.adder = adder;
    this.limits = limits;
  }

  /** Name of the graph. */
  public String name() {
    return name;
  }

  /** Whether more tasks fit. */
  public boolean fits(List<GraphTask> more) {
    List<GraphTask> all = Stream.concat(tasks.stream(), more.stream()).toList();
    return all.size() <= limits.tasks()
        && bytes(all) <= limits.bytes()
        && nodes(all) <= limits.nodes() - SPARE_NODES;
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
    tasks.addAll(more);
  }

  private static int bytes(List<GraphTask> tasks) {
    return tasks.stream()
        .mapToInt(t -> TASK_BYTES + ARGUMENT_BYTES * (t.arguments().size() + 1))
        .sum();
  }

  private static int nodes(List<GraphTask> tasks) {
    int nodes = NODES_OF_TASK * tasks.size();
    Set<Object> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Object> numbers = new HashSet<>();
    for (GraphTask task : tasks) {
      for (Argument argument : task.arguments()) {
        boolean isArray = argument.value() instanceof TornadoNativeArray;
        (isArray ? arrays : numbers).add(argument.value());
        nodes += isArray && argument.access() != Access.READ_ONLY ? 1 : 0;
      }
    }
    return nodes + NODES_OF_ARRAY * arrays.size() + numbers.size();
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
