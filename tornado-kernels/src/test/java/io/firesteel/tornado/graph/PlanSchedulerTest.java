package io.firesteel.tornado.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.List;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;

class PlanSchedulerTest {
  @Test
  void namesTheFirstTaskOfEachGraphAndKnowsTheGridsOfAll() {
    PlanScheduler scheduler = new PlanScheduler();
    List<String> tasks = List.of("layers.a", "layers.b", "head.a", "layers.c");
    List<WorkerGrid> grids = tasks.stream().<WorkerGrid>map(t -> new WorkerGrid1D(32)).toList();
    for (int i = 0; i < tasks.size(); i++) {
      scheduler.addWorkerGrid(tasks.get(i), grids.get(i));
    }
    assertEquals(List.of("layers.a", "head.a"), List.copyOf(scheduler.keySet()));
    for (int i = 0; i < tasks.size(); i++) {
      assertSame(grids.get(i), scheduler.get(tasks.get(i)));
    }
  }
}
