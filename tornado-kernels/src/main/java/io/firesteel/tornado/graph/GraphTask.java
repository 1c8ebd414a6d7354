package io.firesteel.tornado.graph;

import io.firesteel.model.engine.HandKernel;
import io.firesteel.tornado.kernels.Argument;
import io.firesteel.tornado.kernels.KernelTask;
import java.util.List;

/** A launch in a task graph. */
public sealed interface GraphTask {
  /** What it is called with, in order; TornadoVM's kernel context is not among it. */
  List<Argument> arguments();

  /** Name of the kernel, for task ids and reports: letters, digits and underscores. */
  String kernel();

  /** Launches of Java kernels, as the factories of ops make them. */
  static List<GraphTask> compiled(List<KernelTask> tasks) {
    return tasks.stream().<GraphTask>map(Compiled::new).toList();
  }

  /** A Java kernel that TornadoVM compiles. */
  record Compiled(KernelTask task) implements GraphTask {
    @Override
    public List<Argument> arguments() {
      return task.arguments();
    }

    @Override
    public String kernel() {
      return task.kernel();
    }
  }

  /** A hand-written kernel: a prebuilt task. */
  record Prebuilt(HandKernel hand, List<Argument> arguments) implements GraphTask {
    /** Checks that there is an argument for each parameter. */
    public Prebuilt {
      arguments = List.copyOf(arguments);
      if (arguments.size() != hand.parameters().size()) {
        throw new IllegalArgumentException(
            "%s takes %d arguments, found %d"
                .formatted(hand.name(), hand.parameters().size(), arguments.size()));
      }
    }

    @Override
    public String kernel() {
      return hand.name();
    }
  }
}
