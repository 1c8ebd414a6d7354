package io.firesteel.tornado.engine;

import io.firesteel.model.engine.EngineException;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.PreparedOp;
import io.firesteel.model.ops.TimedOps;
import io.firesteel.tornado.graph.DriverErrors;
import io.firesteel.tornado.graph.GraphBuilder;
import io.firesteel.tornado.graph.GraphTask;
import io.firesteel.tornado.graph.HandTasks;
import io.firesteel.tornado.graph.OpTasks;
import io.firesteel.tornado.graph.Plan;
import io.firesteel.tornado.graph.PtxFolder;
import io.firesteel.tornado.kernels.Argument;
import io.firesteel.tornado.kernels.BoundOp;
import io.firesteel.tornado.sdk.Backend;
import io.firesteel.tornado.sdk.GraphLimits;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The ops in one form, each call a task graph of its own on TornadoVM's first device: for
 * conformance, benchmarks and tuning.
 */
public final class TornadoOps implements TimedOps {
  private static final String GRAPH = "op";

  private final Form form;
  private final Backend backend;
  private final int multiprocessors;
  private final PtxFolder folder = new PtxFolder();

  /**
   * On the device that TornadoVM puts first.
   *
   * @param multiprocessors of the device
   */
  public TornadoOps(Form form, Backend backend, int multiprocessors) {
    this.form = form;
    this.backend = backend;
    this.multiprocessors = multiprocessors;
  }

  @Override
  public String name() {
    return "tornado-" + form.label();
  }

  @Override
  public boolean supports(OpCall call) {
    return switch (form) {
      case JAVA -> BoundOp.isSupported(call);
      case PTX ->
          backend == Backend.PTX
              && new HandTasks(multiprocessors)
                  .find(call)
                  .filter(BoundHandOp::sharesLayout)
                  .isPresent();
    };
  }

  @Override
  public void run(OpCall call) {
    try (PreparedOp prepared = prepare(call, 1)) {
      prepared.run(1);
      prepared.fetch();
    }
  }

  @Override
  public PreparedOp prepare(OpCall call, int copies) {
    if (!supports(call)) {
      throw new UnsupportedOperationException(
          name() + " has no kernel for the types and shapes of this " + call.op().label());
    }
    GridScheduler scheduler = new GridScheduler();
    OpTasks adder = adder(scheduler);
    List<Graph> graphs = Stream.generate(() -> graph(call, adder)).limit(copies).toList();
    try {
      return new Prepared(graphs, plan(graphs, scheduler));
    } catch (EngineException e) {
      throw new IllegalStateException(e.getMessage(), e);
    }
  }

  private OpTasks adder(GridScheduler scheduler) {
    return new OpTasks(backend, new KernelContext(), scheduler, folder);
  }

  /** Graphs of one plan share their code. */
  private Plan plan(List<Graph> graphs, GridScheduler scheduler) throws EngineException {
    return Plan.of(graphs.stream().map(Graph::graph).toList(), scheduler, backend, false);
  }

  /**
   * The code that TornadoVM makes of the Java kernels of a call, or the hand-written code.
   *
   * @throws EngineException with TornadoVM's message if it cannot compile them
   */
  public String code(OpCall call) throws EngineException {
    GridScheduler scheduler = new GridScheduler();
    try (Plan plan = plan(List.of(graph(call, adder(scheduler))), scheduler)) {
      return plan.code(0);
    }
  }

  private record Graph(TaskGraph graph, Object[] written, Runnable results) {}

  private Graph graph(OpCall call, OpTasks adder) {
    GraphBuilder builder = new GraphBuilder(GRAPH, adder, GraphLimits.current());
    Runnable results;
    if (form == Form.JAVA) {
      BoundOp bound = BoundOp.of(call);
      builder.add(GraphTask.compiled(bound.tasks()));
      results = bound.results();
    } else {
      BoundHandOp bound = new BoundHandOp(call, new HandTasks(multiprocessors));
      builder.add(List.of(bound.task()));
      results = bound::fetch;
    }
    TaskGraph graph = builder.graph(List.copyOf(builder.arrays()), List.of(), Map.of());
    Object[] written = written(builder);
    graph.transferToHost(DataTransferMode.UNDER_DEMAND, written);
    return new Graph(graph, written, results);
  }

  private static Object[] written(GraphBuilder builder) {
    return builder.arguments().stream()
        .filter(argument -> argument.access() != Access.READ_ONLY)
        .map(Argument::value)
        .map(TornadoNativeArray.class::cast)
        .distinct()
        .toArray();
  }

  /** Graphs that compute the same on arrays of their own. */
  private static final class Prepared implements PreparedOp {
    private final List<Graph> graphs;
    private final Plan plan;
    private int next;

    Prepared(List<Graph> graphs, Plan plan) {
      this.graphs = graphs;
      this.plan = plan;
    }

    @Override
    public long run(int times) {
      long[] nanos = {0};
      try {
        DriverErrors.check(
            () -> {
              for (int i = 0; i < times; i++) {
                nanos[0] += plan.runTimed(next);
                next = (next + 1) % graphs.size();
              }
            });
      } catch (EngineException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
      return nanos[0];
    }

    @Override
    public void fetch() {
      int last = (next + graphs.size() - 1) % graphs.size();
      try {
        DriverErrors.check(() -> plan.read(graphs.get(last).written()));
      } catch (EngineException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
      graphs.get(last).results().run();
    }

    @Override
    public void close() {
      plan.close();
    }
  }

  @Override
  public void close() {
    folder.close();
  }
}
