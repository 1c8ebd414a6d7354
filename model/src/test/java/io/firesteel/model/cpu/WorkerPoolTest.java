package io.firesteel.model.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerPoolTest {
  @ParameterizedTest
  @CsvSource({"1, 5", "2, 1", "2, 2", "2, 33", "3, 2", "4, 7", "4, 64"})
  void runsEachTaskOnceInEachJob(int threads, int count) {
    try (WorkerPool pool = new WorkerPool(threads)) {
      AtomicIntegerArray runs = new AtomicIntegerArray(count);
      for (int job = 1; job <= 2000; job++) {
        pool.run(count, (index, worker) -> runs.incrementAndGet(index));
        for (int i = 0; i < count; i++) {
          assertEquals(job, runs.get(i), "runs of task " + i);
        }
      }
    }
  }

  @Test
  void numbersThreadsSoThatEachRunsOneTaskAtATime() {
    try (WorkerPool pool = new WorkerPool(3)) {
      int[] running = new int[3];
      AtomicBoolean overlapped = new AtomicBoolean();
      for (int job = 0; job < 500; job++) {
        pool.run(
            30,
            (index, worker) -> {
              if (running[worker]++ != 0) {
                overlapped.set(true);
              }
              Thread.onSpinWait();
              running[worker]--;
            });
      }
      assertEquals(false, overlapped.get());
    }
  }

  @Test
  void leavesNoTaskToThreadsThatAreHeldUp() {
    try (WorkerPool pool = new WorkerPool(2)) {
      Thread caller = Thread.currentThread();
      AtomicBoolean callerIsDone = new AtomicBoolean();
      int[] byCaller = new int[1];
      pool.run(
          100,
          (index, worker) -> {
            if (Thread.currentThread() == caller) {
              byCaller[0]++;
              callerIsDone.set(byCaller[0] >= 99);
            } else {
              while (!callerIsDone.get()) {
                Thread.onSpinWait();
              }
            }
          });
      // One task holds the worker until the caller has run all others, also the worker's.
      assertEquals(true, byCaller[0] >= 99);
    }
  }

  @Test
  void throwsWhatATaskThrowsAndGoesOn() {
    try (WorkerPool pool = new WorkerPool(2)) {
      int[] results = new int[10];
      assertThrows(
          IllegalArgumentException.class,
          () ->
              pool.run(
                  10,
                  (index, worker) -> {
                    if (index == 7) {
                      throw new IllegalArgumentException("seven");
                    }
                  }));
      pool.run(10, (index, worker) -> results[index] = index);
      int[] expected = new int[10];
      Arrays.setAll(expected, i -> i);
      assertArrayEquals(expected, results);
    }
  }
}
