package io.firesteel.tornado.engine;

import io.firesteel.model.engine.EngineException;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.tornado.graph.GraphBuilder;
import io.firesteel.tornado.graph.GraphTask;
import io.firesteel.tornado.graph.OpTasks;
import io.firesteel.tornado.graph.Plan;
import io.firesteel.tornado.graph.PlanScheduler;
import io.firesteel.tornado.graph.PtxFolder;
import io.firesteel.tornado.kernels.Argument;
import io.firesteel.tornado.sdk.Backend;
import io.firesteel.tornado.sdk.GraphLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A model's graphs in one plan: as few graphs of layers as TornadoVM's limit allows, one for the
 * output head, one that draws a token, and for each graph of layers one that moves its cache's
 * pages.
 *
 * <p>An array that a graph leaves on the device can be taken over only from the graph that ran just
 * before. So each graph of layers takes over from its predecessor all that layers share; a graph of
 * page moves takes over its pages once, when it runs for the first time right behind its graph of
 * layers, and later runs behind a graph that shares nothing but one small array.
 */
final class TokenGraphs implements AutoCloseable {
  private static final String LAYERS = "layers";
  private static final String HEAD = "head";
  private static final String DRAW = "draw";
  private static final String PAGES = "pages";
  private static final String IDLE = "idle";

  private static final GraphLimits LIMITS = GraphLimits.current();

  private final StepArrays step;
  private final int layerGraphs;
  private final IntArray move = new IntArray(3);
  private final List<IntArray> staging = new ArrayList<>();
  private final PtxFolder folder = new PtxFolder();
  private final Plan plan;
  private final int tasks;

  private TokenGraphs(Assembly assembly, Backend backend, boolean cudaGraphs)
      throws EngineException {
    this.step = assembly.step;
    OpTasks adder = new OpTasks(backend, new KernelContext(), assembly.scheduler, folder);
    List<GraphBuilder> layers = assembly.layers(adder);
    layerGraphs = layers.size();
    GraphBuilder head = new GraphBuilder(HEAD, adder, LIMITS);
    head.add(assembly.tasks.head());
    tasks = layers.stream().mapToInt(GraphBuilder::size).sum() + head.size();
    List<TaskGraph> graphs = new ArrayList<>(assembly.compute(layers, head));
    graphs.add(idle(adder));
    for (List<IntArray> caches : assembly.cachesOf) {
      graphs.add(pages(adder, caches, assembly.layout));
    }
    if (step.drawing.isPresent()) {
      graphs.add(draw(adder, assembly.tasks, step.drawing.get()));
    }
    plan = Plan.of(graphs, assembly.scheduler, backend, cudaGraphs);
  }

  /**
   * Builds the graphs; nothing is compiled yet.
   *
   * @param caches pages of each layer
   */
  static TokenGraphs build(
      TokenTasks tasks,
      StepArrays step,
      List<IntArray> caches,
      KvLayout layout,
      Backend backend,
      boolean cudaGraphs)
      throws EngineException {
    return new TokenGraphs(new Assembly(tasks, step, caches, layout), backend, cudaGraphs);
  }

  /** Makes graphs of tasks. */
  private static final class Assembly {
    final TokenTasks tasks;
    final StepArrays step;
    final List<IntArray> caches;
    final KvLayout layout;
    final PlanScheduler scheduler = new PlanScheduler();
    final List<List<IntArray>> cachesOf = new ArrayList<>();

    Assembly(TokenTasks tasks, StepArrays step, List<IntArray> caches, KvLayout layout) {
      this.tasks = tasks;
      this.step = step;
      this.caches = caches;
      this.layout = layout;
    }

    /** Graphs of whole layers, the first of which begins with the embedding. */
    List<GraphBuilder> layers(OpTasks adder) throws EngineException {
      List<GraphBuilder> builders = new ArrayList<>();
      GraphBuilder builder = new GraphBuilder(LAYERS, adder, LIMITS);
      builder.add(tasks.embed());
      builders.add(builder);
      cachesOf.add(new ArrayList<>());
      for (int i = 0; i < caches.size(); i++) {
        List<GraphTask> layer = tasks.layer(i, caches.get(i));
        if (!builder.fits(layer)) {
          builder = new GraphBuilder(LAYERS, adder, LIMITS);
          builders.add(builder);
          cachesOf.add(new ArrayList<>());
        }
        builder.add(layer);
        cachesOf.getLast().add(caches.get(i));
      }
      return builders;
    }

    List<TaskGraph> compute(List<GraphBuilder> layers, GraphBuilder head) {
      List<GraphBuilder> all = new ArrayList<>(layers);
      all.add(head);
      Set<TornadoNativeArray> shared = shared(all);
      List<TornadoNativeArray> inputs = List.of(step.tokens, step.positions, step.tables);
      Set<TornadoNativeArray> known = new LinkedHashSet<>();
      List<TaskGraph> graphs = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        List<TornadoNativeArray> passed = passed(known, all.subList(i, all.size()));
        List<TornadoNativeArray> uploads = new ArrayList<>();
        for (TornadoNativeArray array : all.get(i).arrays()) {
          if (!known.contains(array) && !(i == 0 && inputs.contains(array))) {
            uploads.add(array);
            if (shared.contains(array)) {
              known.add(array);
            }
          }
        }
        Map<String, List<TornadoNativeArray>> consumed =
            passed.isEmpty() ? Map.of() : Map.of(LAYERS, passed);
        TaskGraph graph = all.get(i).graph(uploads, i == 0 ? inputs : List.of(), consumed);
        if (i == 0) {
          known.addAll(inputs);
        }
        List<TornadoNativeArray> left = passed(known, all.subList(i + 1, all.size()));
        if (i < cachesOf.size()) {
          left.addAll(cachesOf.get(i));
        }
        graph.persistOnDevice(left.toArray());
        if (i == all.size() - 1) {
          graph.persistOnDevice(step.logits);
          graph.transferToHost(DataTransferMode.EVERY_EXECUTION, step.next);
        }
        graphs.add(graph);
      }
      return graphs;
    }

    /**
     * What graphs still use of what is on the device, and the marker: TornadoVM looks each array up
     * among all of a graph before each run.
     */
    private List<TornadoNativeArray> passed(
        Set<TornadoNativeArray> known, List<GraphBuilder> graphs) {
      List<TornadoNativeArray> passed = new ArrayList<>();
      for (TornadoNativeArray array : known) {
        if (array == step.marker() || graphs.stream().anyMatch(g -> g.arrays().contains(array))) {
          passed.add(array);
        }
      }
      return passed;
    }

    /** What is written by some task and used by more than one graph. */
    private static Set<TornadoNativeArray> shared(List<GraphBuilder> graphs) {
      Map<TornadoNativeArray, Integer> uses = new HashMap<>();
      Set<Object> written = new HashSet<>();
      for (GraphBuilder graph : graphs) {
        graph.arrays().forEach(array -> uses.merge(array, 1, Integer::sum));
        graph.arguments().stream()
            .filter(a -> a.access() != Access.READ_ONLY)
            .map(Argument::value)
            .forEach(written::add);
      }
      return uses.entrySet().stream()
          .filter(e -> e.getValue() > 1 && written.contains(e.getKey()))
          .map(Map.Entry::getKey)
          .collect(Collectors.toSet());
    }
  }

  private TaskGraph idle(OpTasks adder) {
    GraphBuilder builder = new GraphBuilder(IDLE, adder, LIMITS);
    builder.add(GraphTask.compiled(List.of(PageMove.nothing(step.marker()))));
    Map<String, List<TornadoNativeArray>> consumed = new LinkedHashMap<>();
    for (String before : List.of(LAYERS, HEAD, DRAW, PAGES, IDLE)) {
      consumed.put(before, List.of(step.marker()));
    }
    TaskGraph graph = builder.graph(List.of(), List.of(), consumed);
    graph.persistOnDevice(step.marker());
    return graph;
  }

  private TaskGraph draw(OpTasks adder, TokenTasks tasks, StepArrays.Drawing drawing) {
    GraphBuilder builder = new GraphBuilder(DRAW, adder, LIMITS);
    builder.add(tasks.draw(drawing));
    builder.add(GraphTask.compiled(List.of(PageMove.nothing(step.marker()))));
    List<TornadoNativeArray> inputs = drawing.chances().arrays();
    List<TornadoNativeArray> fromHead = List.of(step.logits, step.marker());
    List<TornadoNativeArray> uploads = new ArrayList<>(builder.arrays());
    uploads.removeAll(inputs);
    uploads.removeAll(fromHead);
    TaskGraph graph = builder.graph(uploads, inputs, Map.of(HEAD, fromHead));
    graph.persistOnDevice(step.marker());
    graph.transferToHost(DataTransferMode.EVERY_EXECUTION, drawing.token());
    return graph;
  }

  private TaskGraph pages(OpTasks adder, List<IntArray> caches, KvLayout layout) {
    int pageInts = Math.toIntExact(layout.pageBytes() / Integer.BYTES);
    IntArray host = new IntArray(Math.multiplyExact(Math.max(1, caches.size()), pageInts));
    host.init(0);
    staging.add(host);
    GraphBuilder builder = new GraphBuilder(PAGES, adder, LIMITS);
    List<TornadoNativeArray> places = new ArrayList<>();
    for (int i = 0; i < caches.size(); i++) {
      IntArray place = IntArray.fromArray(new int[] {i});
      places.add(place);
      builder.add(
          GraphTask.compiled(List.of(PageMove.task(caches.get(i), host, move, place, pageInts))));
    }
    builder.add(GraphTask.compiled(List.of(PageMove.nothing(step.marker()))));
    List<TornadoNativeArray> fromLayers = new ArrayList<>(caches);
    fromLayers.add(step.marker());
    Map<String, List<TornadoNativeArray>> consumed = new LinkedHashMap<>();
    consumed.put(LAYERS, fromLayers);
    consumed.put(IDLE, List.of(step.marker()));
    consumed.put(PAGES, List.of(step.marker()));
    TaskGraph graph = builder.graph(places, List.of(move, host), consumed);
    graph.persistOnDevice(fromLayers.toArray());
    graph.transferToHost(DataTransferMode.EVERY_EXECUTION, host);
    return graph;
  }

  /** Number of tasks of a token. */
  int tasks() {
    return tasks;
  }

  /** Number of graphs of a token. */
  int graphs() {
    return layerGraphs + 1;
  }

  /**
   * Runs every graph once, which compiles it, uploads its arrays and records it where graphs are
   * recorded; the first page of the cache is written to. None may be left for later: TornadoVM
   * keeps events in a ring, and once that is full it waits for the oldest even while it records.
   */
  void prepare() throws EngineException {
    for (int i = 0; i < layerGraphs; i++) {
      for (int before = 0; before <= i; before++) {
        plan.run(before);
      }
      move(PageMove.COPY, 0, 0);
      plan.run(pagesGraph(i));
    }
    runLayers();
    runHead();
    if (step.drawing.isPresent()) {
      runDraw();
    }
    plan.run(idleGraph());
  }

  private int idleGraph() {
    return layerGraphs + 1;
  }

  private int pagesGraph(int i) {
    return layerGraphs + 2 + i;
  }

  /** Takes the token that the step's arrays tell through all layers. */
  void runLayers() throws EngineException {
    for (int i = 0; i < layerGraphs; i++) {
      plan.run(i);
    }
  }

  /** Computes logits and the likeliest token, which the host gets. */
  void runHead() throws EngineException {
    plan.run(layerGraphs);
  }

  /** Computes logits, which the host gets. */
  void runHeadAndReadLogits() throws EngineException {
    plan.runAndRead(layerGraphs, step.logits);
  }

  /**
   * Draws a token from the logits that the graph before has computed, as the step's chances tell;
   * the host gets it.
   */
  void runDraw() throws EngineException {
    plan.run(pagesGraph(layerGraphs));
  }

  /** Moves a page in all layers; staging memory goes to the device before and back after. */
  void movePages(int what, int from, int to) throws EngineException {
    move(what, from, to);
    plan.run(idleGraph());
    for (int i = 0; i < layerGraphs; i++) {
      plan.run(pagesGraph(i));
    }
  }

  /** The host's side of {@link #movePages}: for each graph a page of each of its layers. */
  List<IntArray> staging() {
    return staging;
  }

  private void move(int what, int from, int to) {
    move.set(0, what);
    move.set(1, from);
    move.set(2, to);
  }

  @Override
  public void close() {
    plan.close();
    folder.close();
  }
}
