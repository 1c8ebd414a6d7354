package io.firesteel.tornado.graph;

import io.firesteel.tornado.kernels.Argument;
import io.firesteel.tornado.kernels.ArrayOp;
import io.firesteel.tornado.sdk.RunningTornado;
import io.firesteel.tornado.sdk.SdkException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Adds single ops to any task graph, on any TornadoVM arrays, beside whatever else the graph does:
 *
 * <pre>{@code
 * GraphOps ops = GraphOps.of(scheduler);
 * ops.addJava(graph, "head", ArrayOp.logits(x, norm, 1e-6f, weights, logits));
 * new TornadoExecutionPlan(graph.snapshot()).withGridScheduler(scheduler).execute();
 * }</pre>
 *
 * <p>{@code addPtx} instead of {@code addJava} takes the hand-written kernel. The arrays given to
 * an {@link ArrayOp} are the graph's to copy; scratch memory and biases are copied with the op.
 *
 * <p>To be closed, if at all, after the graphs have run once: TornadoVM reads hand-written code
 * from files.
 */
public final class GraphOps implements AutoCloseable {
  private final RunningTornado tornado;
  private final GridScheduler scheduler;
  private final KernelContext context = new KernelContext();
  private final Set<String> taken = new HashSet<>();
  private final PtxFolder folder = new PtxFolder();

  private GraphOps(RunningTornado tornado, GridScheduler scheduler) {
    this.tornado = tornado;
    this.scheduler = scheduler;
  }

  /**
   * For graphs of one plan on the first device of the TornadoVM in this process.
   *
   * @param scheduler gets the geometry of the tasks; has to be given to the plan
   * @throws SdkException if Java was not started with TornadoVM, or it has no device
   */
  public static GraphOps of(GridScheduler scheduler) throws SdkException {
    return new GraphOps(RunningTornado.query(), scheduler);
  }

  /**
   * Adds an op as Java kernels behind what the graph already holds.
   *
   * @param id beginning of the tasks' ids, different for each op of a graph
   * @throws IllegalArgumentException if there are no kernels for the op's types and shapes
   */
  public void addJava(TaskGraph graph, String id, ArrayOp op) {
    add(graph, id, op, GraphTask.compiled(op.tasks()));
  }

  /**
   * Adds an op as a hand-written kernel behind what the graph already holds.
   *
   * @param id beginning of the task's id, different for each op of a graph
   * @throws IllegalArgumentException if there is no kernel for the op's types and shapes, or the
   *     backend is not PTX
   */
  public void addPtx(TaskGraph graph, String id, ArrayOp op) {
    HandTasks hands = new HandTasks(tornado.computeUnits());
    add(graph, id, op, List.of(hands.task(op.shape(), op.operands())));
  }

  private void add(TaskGraph graph, String id, ArrayOp op, List<GraphTask> tasks) {
    if (!taken.add(graph.getTaskGraphName() + "." + id)) {
      throw new IllegalArgumentException(
          "graph " + graph.getTaskGraphName() + " has an op " + id + " already; choose another id");
    }
    graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, own(op, tasks));
    new OpTasks(tornado.backend(), context, scheduler, folder).add(graph, id, tasks);
  }

  /** Arrays that the caller does not know of. */
  private static Object[] own(ArrayOp op, List<GraphTask> tasks) {
    Set<Object> own = new LinkedHashSet<>();
    for (GraphTask task : tasks) {
      task.arguments().stream()
          .map(Argument::value)
          .filter(TornadoNativeArray.class::isInstance)
          .forEach(own::add);
    }
    own.removeAll(op.given());
    return own.toArray();
  }

  @Override
  public void close() {
    folder.close();
  }
}
