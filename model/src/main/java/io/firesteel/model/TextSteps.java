package io.firesteel.model;

import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.HiddenStates;
import io.firesteel.model.kv.PageCopy;
import io.firesteel.model.kv.PagePool;
import io.firesteel.model.kv.PageTable;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.Rows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * Computes the hidden states of texts, in steps of their own between those that answer. Several
 * short texts share a step; a long one takes several. Safe for several threads.
 */
final class TextSteps {
  /** Rows of a step: as many as a prompt gets beside answers under way. */
  static final int ROWS = StepPlan.MIXED_PREFILL_ROWS;

  private final Scheduler scheduler;
  private final PagePool pool;
  private final Norm norm;

  /**
   * Steps of an engine.
   *
   * @param norm what the engine leaves to be done with hidden states
   */
  TextSteps(Scheduler scheduler, PagePool pool, Norm norm) {
    this.scheduler = scheduler;
    this.pool = pool;
    this.norm = norm;
  }

  /** Why the engine cannot, and what would help. */
  Optional<String> refusal() {
    return scheduler.engine().hiddenStates().isPresent()
        ? Optional.empty()
        : Optional.of(
            "the engine %s gives no hidden states: load the model with the engine cpu"
                .formatted(scheduler.engine().name()));
  }

  /** Positions of the cache that texts take at a time. */
  static long positions(List<int[]> texts) {
    return groups(texts).stream()
        .mapToLong(group -> group.stream().mapToLong(ids -> ids.length).sum())
        .max()
        .orElse(0);
  }

  /** Neighbours that fit into a step together; one that does not fit is alone. */
  private static List<List<int[]>> groups(List<int[]> texts) {
    List<List<int[]>> groups = new ArrayList<>();
    int room = 0;
    for (int[] ids : texts) {
      if (groups.isEmpty() || ids.length > room) {
        groups.add(new ArrayList<>());
        room = ROWS;
      }
      groups.getLast().add(ids);
      room -= ids.length;
    }
    return groups;
  }

  /** Computes texts, none of them empty. */
  List<PooledText> compute(List<int[]> texts, Pooling way) {
    List<PooledText> done = new ArrayList<>();
    for (List<int[]> group : groups(texts)) {
      List<PooledText> pooled = group.stream().map(ids -> new PooledText(ids, way, norm)).toList();
      List<PageTable> pages = new ArrayList<>();
      try {
        for (int[] ids : group) {
          pages.add(new PageTable(pool));
          pages.getLast().append(ids.length).ifPresent(PageCopy::close);
        }
        computeGroup(pooled, pages.stream().map(PageTable::pages).toArray(int[][]::new));
      } finally {
        pages.forEach(PageTable::close);
      }
      done.addAll(pooled);
    }
    return done;
  }

  private void computeGroup(List<PooledText> texts, int[][] pages) {
    int rows = Math.min(ROWS, scheduler.engine().maxRows());
    Step step = new Step(rows);
    for (int text = 0; text < texts.size(); text++) {
      for (int position = 0; position < texts.get(text).length(); position++) {
        if (step.count == rows) {
          compute(step, texts, pages);
          step = new Step(rows);
        }
        step.add(text, position);
      }
    }
    compute(step, texts, pages);
  }

  private void compute(Step step, List<PooledText> texts, int[][] pages) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("the thread that waits for embeddings was interrupted");
    }
    Batch batch = step.batch(texts, pages);
    int width = norm.weight().length;
    float[] states = new float[batch.logitRows().length * width];
    HiddenStates engine = scheduler.engine().hiddenStates().orElseThrow();
    try {
      scheduler.call(
          () -> {
            engine.forward(batch, states);
            return null;
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (int i = 0; i < batch.logitRows().length; i++) {
      texts.get(step.texts[batch.logitRows()[i]]).add(states, i * width);
    }
  }

  /** Rows of several texts. */
  private static final class Step {
    private final int[] texts;
    private final int[] positions;
    private int count;

    Step(int most) {
      texts = new int[most];
      positions = new int[most];
    }

    void add(int text, int position) {
      texts[count] = text;
      positions[count++] = position;
    }

    Batch batch(List<PooledText> all, int[][] pages) {
      int[] tokens = new int[count];
      List<Integer> wanted = new ArrayList<>();
      for (int row = 0; row < count; row++) {
        PooledText text = all.get(texts[row]);
        tokens[row] = text.token(positions[row]);
        if (text.wants(positions[row])) {
          wanted.add(row);
        }
      }
      return new Batch(
          tokens,
          new Rows(Arrays.copyOf(texts, count), Arrays.copyOf(positions, count), pages),
          wanted.stream().mapToInt(Integer::intValue).toArray());
    }
  }
}
