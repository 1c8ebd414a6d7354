package io.firesteel.loader.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.file.Progress.Report;
import io.firesteel.loader.file.Progress.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final List<Report> reports = new ArrayList<>();

  @Test
  void reportsBeginningEachAdvanceAndEnd() {
    Progress progress = Progress.reportingTo(reports::add, Duration.ZERO);
    try (Progress.Task task = progress.begin("copy", Unit.BYTES, 30)) {
      task.advance(10);
      task.advance(20);
    }
    assertEquals(List.of(0L, 10L, 30L, 30L), reports.stream().map(Report::done).toList());
    assertEquals(List.of(false, false, false, true), reports.stream().map(Report::ended).toList());
    assertEquals(1.0, reports.getLast().fraction());
    assertTrue(reports.getLast().rate() > 0);
  }

  @Test
  void staysSilentWithinTheInterval() {
    Progress progress = Progress.reportingTo(reports::add, Duration.ofDays(1));
    try (Progress.Task task = progress.begin("copy", Unit.BYTES, 1000)) {
      IntStream.range(0, 1000).forEach(_ -> task.advance(1));
    }
    assertEquals(List.of(0L, 1000L), reports.stream().map(Report::done).toList());
  }

  @Test
  void losesNoAdvanceOfSeveralThreads() {
    Progress progress = Progress.reportingTo(reports::add, Duration.ZERO);
    try (Progress.Task task = progress.begin("copy", Unit.ITEMS, 40_000)) {
      try (var pool = Executors.newFixedThreadPool(4)) {
        for (int thread = 0; thread < 4; thread++) {
          pool.execute(() -> IntStream.range(0, 10_000).forEach(_ -> task.advance(1)));
        }
      }
    }
    assertEquals(40_000, reports.getLast().done());
    assertEquals(
        reports.stream().map(Report::done).sorted().toList(),
        reports.stream().map(Report::done).toList(),
        "reports come in order");
  }

  @Test
  void endsOnceAndKnowsNoFractionOfAnUnknownTotal() {
    Progress.Task task =
        Progress.reportingTo(reports::add, Duration.ZERO)
            .begin("read", Unit.TOKENS, Progress.UNKNOWN);
    task.close();
    task.close();
    assertEquals(2, reports.size());
    assertTrue(Double.isNaN(reports.getLast().fraction()));
    assertFalse(reports.getFirst().ended());
  }

  @Test
  void refusesToGoBack() {
    Progress.Task task =
        Progress.reportingTo(reports::add, Duration.ZERO).begin("read", Unit.BYTES, 5);
    assertThrows(IllegalArgumentException.class, () -> task.advance(-1));
  }
}
