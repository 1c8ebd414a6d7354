package io.firesteel.tornado.graph;

import io.firesteel.model.engine.HandKernel;
import io.firesteel.tornado.kernels.Argument;
import io.firesteel.tornado.sdk.Backend;
import io.firesteel.tornado.sdk.SdkPatches;
import java.util.List;
import uk.ac.manchester.tornado.api.AccessorParameters;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;

/**
 * Puts the launches of ops into any task graph, and their geometry into its grid scheduler:
 *
 * <pre>{@code
 * OpTasks ops = new OpTasks(Backend.PTX, context, scheduler, new PtxFolder());
 * ops.add(graph, "head", GraphTask.compiled(LogitsOp.tasks(x, norm, 1e-6f, scratch, head, logits, 1)));
 * }</pre>
 *
 * Tasks that are alike, in one graph or in graphs of the same name, share their code.
 */
public final class OpTasks {
  private final Backend backend;
  private final KernelContext context;
  private final GridScheduler scheduler;
  private final PtxFolder folder;

  /**
   * For the graphs of one plan.
   *
   * @param backend what the plan runs on
   * @param context shared by all graphs of the plan: code is told apart by it
   * @param scheduler gets the geometry of the tasks; has to be given to the plan
   * @param folder where hand-written code goes, to be kept until the graphs have run once
   */
  public OpTasks(
      Backend backend, KernelContext context, GridScheduler scheduler, PtxFolder folder) {
    this.backend = backend;
    this.context = context;
    this.scheduler = scheduler;
    this.folder = folder;
  }

  /**
   * Adds launches behind what the graph already holds. Which of their arrays are copied to and from
   * the device is up to the graph.
   *
   * @param prefix beginning of the tasks' ids, different for each call on a graph
   */
  public void add(TaskGraph graph, String prefix, List<GraphTask> tasks) {
    TaskIds ids = new TaskIds(prefix);
    for (GraphTask task : tasks) {
      switch (task) {
        case GraphTask.Compiled compiled -> addCompiled(graph, ids, compiled);
        case GraphTask.Prebuilt prebuilt -> addPrebuilt(graph, ids, prebuilt);
      }
    }
  }

  private void addCompiled(TaskGraph graph, TaskIds ids, GraphTask.Compiled compiled) {
    var task = compiled.task();
    int groups = task.geometry().groups();
    int size = task.geometry().groupSize();
    String kernel = "%s_%dx%d".formatted(task.owner().getSimpleName(), groups, size);
    String id = ids.next(kernel, task.arguments());
    graph.addTask(task.taskPackage(id, context));
    schedule(graph, id, LaunchGrid.of(backend, groups, 1, 1, size));
  }

  private void addPrebuilt(TaskGraph graph, TaskIds ids, GraphTask.Prebuilt task) {
    if (backend != Backend.PTX) {
      throw new IllegalArgumentException(
          "hand-written PTX needs the ptx backend, found " + backend.label());
    }
    if (!SdkPatches.areActive()) {
      throw new IllegalStateException(
          "TornadoVM would run the code of a graph's first task in the place of "
              + task.kernel()
              + "; start Java with the options that io.firesteel.tornado.sdk.LauncherFlags writes");
    }
    HandKernel hand = task.hand();
    String kernel =
        "ptx_%dx%dx%dx%d".formatted(hand.groupsX(), hand.groupsY(), hand.groupsZ(), hand.threads());
    String id = ids.next(kernel, task.arguments());
    AccessorParameters parameters = new AccessorParameters(task.arguments().size());
    for (int i = 0; i < task.arguments().size(); i++) {
      Argument argument = task.arguments().get(i);
      parameters.set(i, argument.value(), argument.access());
    }
    String entry = EntryName.of(graph.getTaskGraphName(), id, hand.name(), task.arguments());
    String file = folder.file(entry, hand.code().apply(entry)).toString();
    graph.prebuiltTask(id, hand.name(), file, parameters);
    WorkerGrid grid =
        LaunchGrid.of(backend, hand.groupsX(), hand.groupsY(), hand.groupsZ(), hand.threads());
    schedule(graph, id, grid);
  }

  private void schedule(TaskGraph graph, String id, WorkerGrid grid) {
    scheduler.addWorkerGrid(graph.getTaskGraphName() + "." + id, grid);
  }
}
