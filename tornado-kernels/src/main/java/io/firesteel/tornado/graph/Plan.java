package io.firesteel.tornado.graph;

import io.firesteel.model.engine.EngineException;
import io.firesteel.tornado.sdk.Backend;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.exceptions.TornadoInternalError;

/**
 * Graphs that run one after the other on one device. What only TornadoVM 5.2 offers is asked for
 * here, by name, since the API that everything is compiled against is older.
 */
public final class Plan implements AutoCloseable {
  private static final String FREED_BEFORE = "trying to deallocate an invalid buffer";

  private final TornadoExecutionPlan plan;
  private final List<String> names;
  private TornadoExecutionResult latest;

  private Plan(TornadoExecutionPlan plan, List<String> names) {
    this.plan = plan;
    this.names = names;
  }

  /**
   * A plan, of which nothing has run.
   *
   * @param cudaGraphs whether each graph is recorded as a CUDA graph when it first runs
   * @throws EngineException if TornadoVM does not offer what is asked for
   */
  public static Plan of(
      List<TaskGraph> graphs, GridScheduler scheduler, Backend backend, boolean cudaGraphs)
      throws EngineException {
    ImmutableTaskGraph[] snapshots =
        graphs.stream().map(TaskGraph::snapshot).toArray(ImmutableTaskGraph[]::new);
    TornadoExecutionPlan plan = new TornadoExecutionPlan(snapshots);
    plan.withGridScheduler(scheduler);
    if (backend == Backend.PTX) {
      if (cudaGraphs) {
        call(plan, "withCUDAGraph");
      }
      call(plan, "withStagedTransfers");
    }
    return new Plan(plan, graphs.stream().map(TaskGraph::getTaskGraphName).toList());
  }

  private static void call(TornadoExecutionPlan plan, String method) throws EngineException {
    try {
      MethodHandle handle =
          MethodHandles.publicLookup()
              .findVirtual(
                  TornadoExecutionPlan.class,
                  method,
                  MethodType.methodType(TornadoExecutionPlan.class));
      handle.invoke(plan);
    } catch (NoSuchMethodException e) {
      throw new EngineException("this TornadoVM has no " + method + "; install 5.2.0-jdk25", e);
    } catch (Throwable e) {
      throw new EngineException("TornadoVM refuses " + method + ": " + e.getMessage(), e);
    }
  }

  /**
   * Runs a graph and waits for it.
   *
   * @throws EngineException naming the graph, with TornadoVM's message
   */
  public void run(int graph) throws EngineException {
    try {
      plan.withGraph(graph).execute();
    } catch (RuntimeException | InternalError | TornadoInternalError e) {
      throw failure(graph, e);
    }
  }

  /**
   * What TornadoVM says about a graph that did not run: compiling it apart from running it brings
   * the compiler's own message, which a run loses.
   */
  private Throwable compilerMessage(int graph, Throwable failure) {
    try {
      plan.withGraph(graph).withPreCompilation();
      return failure;
    } catch (RuntimeException | InternalError | TornadoInternalError e) {
      return e;
    }
  }

  /**
   * Compiles a graph and returns the code that was made, with whatever else TornadoVM prints
   * meanwhile: it offers its code only on standard output, which this method takes over for as
   * long.
   */
  public String code(int graph) throws EngineException {
    PrintStream standard = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      plan.withPrintKernel();
      plan.withGraph(graph).withPreCompilation();
      return printed.toString(StandardCharsets.UTF_8);
    } catch (RuntimeException | InternalError | TornadoInternalError e) {
      throw new EngineException(
          "TornadoVM could not compile graph " + names.get(graph) + ": " + messages(e), e);
    } finally {
      System.setOut(standard);
    }
  }

  /**
   * Runs a graph and waits for it.
   *
   * @return nanoseconds that its kernels ran, by the device's clock
   */
  public long runTimed(int graph) throws EngineException {
    try {
      latest = plan.withGraph(graph).withProfiler(ProfilerMode.SILENT).execute();
      return latest.getProfilerResult().getDeviceKernelTime();
    } catch (RuntimeException | InternalError | TornadoInternalError e) {
      throw failure(graph, e);
    }
  }

  /** Copies arrays that the latest timed run has left on the device to the host. */
  public void read(Object... arrays) throws EngineException {
    try {
      latest.transferToHost(arrays);
    } catch (RuntimeException | InternalError | TornadoInternalError e) {
      throw new EngineException("TornadoVM could not read results: " + messages(e), e);
    }
  }

  /** Runs a graph and copies arrays that it leaves on the device to the host. */
  public void runAndRead(int graph, Object... arrays) throws EngineException {
    try {
      plan.withGraph(graph).execute().transferToHost(arrays);
    } catch (RuntimeException | InternalError | TornadoInternalError e) {
      throw failure(graph, e);
    }
  }

  private EngineException failure(int graph, Throwable failure) {
    Throwable e = compilerMessage(graph, failure);
    return new EngineException(
        "TornadoVM could not compile or run graph " + names.get(graph) + ": " + messages(e), e);
  }

  /** The messages of a failure and its causes: the innermost names the kernel. */
  private static String messages(Throwable e) {
    StringBuilder text = new StringBuilder();
    for (Throwable t = e; t != null; t = t.getCause()) {
      String line = t.getMessage() == null ? t.getClass().getSimpleName() : t.getMessage();
      text.append(text.isEmpty() ? "" : "; ").append(line.lines().findFirst().orElse(""));
    }
    return text.toString();
  }

  @Override
  public void close() {
    for (int graph = 0; graph < names.size(); graph++) {
      free(graph);
    }
    try {
      plan.withGraph(0);
      plan.close();
    } catch (TornadoExecutionPlanException e) {
      throw new IllegalStateException("TornadoVM cannot close its plan", e);
    }
  }

  /**
   * Frees what a graph has on the device. Left to itself, TornadoVM frees for the graph that ran
   * last alone: the others' memory stays taken on the device, and their arrays stay registered with
   * the driver after Java has freed them, which makes copies of later arrays in their place fail.
   */
  private void free(int graph) {
    try {
      plan.withGraph(graph).freeDeviceMemory();
    } catch (TornadoInternalError e) {
      // A graph frees first what it has uploaded itself, then what it leaves on the device; of
      // that, an earlier graph has freed what it took over from there.
      if (!messages(e).contains(FREED_BEFORE)) {
        throw new IllegalStateException("TornadoVM cannot free graph " + names.get(graph), e);
      }
    }
  }
}
