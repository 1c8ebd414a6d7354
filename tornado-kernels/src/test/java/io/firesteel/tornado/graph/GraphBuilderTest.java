package io.firesteel.tornado.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.tornado.example.Gelu;
import io.firesteel.tornado.kernels.KernelTask;
import io.firesteel.tornado.sdk.Backend;
import io.firesteel.tornado.sdk.GraphLimits;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** How many tasks fit, for each of a graph's limits. */
class GraphBuilderTest {
  private static final int COUNT = 4;
  private static final GraphLimits LIMITS = new GraphLimits(256, 8192, 1024);

  @AutoClose private final PtxFolder folder = new PtxFolder();

  private GraphBuilder builder() {
    return builder(LIMITS);
  }

  private GraphBuilder builder(GraphLimits limits) {
    return new GraphBuilder(
        "g", new OpTasks(Backend.OPENCL, new KernelContext(), new GridScheduler(), folder), limits);
  }

  private static GraphBuilder fill(GraphBuilder builder, Supplier<KernelTask> task) {
    List<GraphTask> next = GraphTask.compiled(List.of(task.get()));
    while (builder.fits(next)) {
      builder.add(next);
      next = GraphTask.compiled(List.of(task.get()));
    }
    return builder;
  }

  @Test
  void tasksOnTheSameArraysFillTheGraphsCode() {
    FloatArray x = new FloatArray(COUNT);
    FloatArray y = new FloatArray(COUNT);
    int bytes = 16 + 5 * 4;
    assertEquals(8192 / bytes, fill(builder(), () -> Gelu.task(x, y, COUNT)).size());
  }

  @Test
  void tasksOnArraysOfTheirOwnFillItsNodesBefore() {
    GraphBuilder full =
        fill(builder(), () -> Gelu.task(new FloatArray(COUNT), new FloatArray(COUNT), COUNT));
    int nodes = 2 + 1 + 2 * 3;
    assertEquals((1024 - 24 - 1) / nodes, full.size());
  }

  @Test
  void tasksAreCounted() {
    FloatArray x = new FloatArray(COUNT);
    GraphLimits few = new GraphLimits(5, 8192, 1024);
    assertEquals(5, fill(builder(few), () -> Gelu.task(x, x, COUNT)).size());
  }

  @Test
  void whatDoesNotFitIsRefused() {
    FloatArray x = new FloatArray(COUNT);
    FloatArray y = new FloatArray(COUNT);
    List<GraphTask> one = GraphTask.compiled(List.of(Gelu.task(x, y, COUNT)));
    GraphBuilder full = fill(builder(), () -> Gelu.task(x, y, COUNT));
    assertFalse(full.fits(one));
    assertThrows(IllegalStateException.class, () -> full.add(one));
  }
}
