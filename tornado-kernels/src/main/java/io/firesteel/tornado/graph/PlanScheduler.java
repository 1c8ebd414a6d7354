package io.firesteel.tornado.graph;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.WorkerGrid;

/**
 * The launch grids of a plan of large graphs. Before each run of a graph, TornadoVM looks whether
 * any name here is one of the graph's tasks, and compares each with all of them: so it gets to see
 * the first task of each graph only.
 */
public final class PlanScheduler extends GridScheduler {
  private final Set<String> graphs = new HashSet<>();
  private final Set<String> firstTasks = new LinkedHashSet<>();

  @Override
  public void addWorkerGrid(String task, WorkerGrid grid) {
    super.addWorkerGrid(task, grid);
    if (graphs.add(task.substring(0, task.indexOf('.')))) {
      firstTasks.add(task);
    }
  }

  /** The first task of each graph. */
  @Override
  public Set<String> keySet() {
    return Collections.unmodifiableSet(firstTasks);
  }
}
