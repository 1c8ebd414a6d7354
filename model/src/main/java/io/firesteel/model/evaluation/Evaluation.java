package io.firesteel.model.evaluation;

import io.firesteel.loader.file.Progress;
import io.firesteel.loader.file.Progress.Unit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Asks all items and counts the right answers.
 *
 * @param verdicts one for each item, in their order
 */
public record Evaluation(List<Verdict> verdicts) {
  /** Takes an immutable copy of the list. */
  public Evaluation {
    verdicts = List.copyOf(verdicts);
  }

  /**
   * What became of an item.
   *
   * @param item what was asked
   * @param reply what was answered
   * @param right whether the reply passes the item's check
   */
  public record Verdict(EvaluationItem item, String reply, boolean right) {}

  /** Right answers of one category. */
  public record Score(int right, int items) {
    /** Share of right answers, 0 to 1. */
    public double share() {
      return items == 0 ? 0 : (double) right / items;
    }

    Score plus(boolean isRight) {
      return new Score(right + (isRight ? 1 : 0), items + 1);
    }
  }

  /**
   * Asks the items.
   *
   * @param answer gives the reply to an item; called from several threads
   * @param parallel number of items asked at a time, at least 1
   */
  public static Evaluation run(
      List<EvaluationItem> items,
      Function<EvaluationItem, String> answer,
      int parallel,
      Progress progress) {
    try (Progress.Task task = progress.begin("evaluate", Unit.ITEMS, items.size());
        ExecutorService executor = Executors.newFixedThreadPool(parallel)) {
      List<Future<Verdict>> running = new ArrayList<>();
      for (EvaluationItem item : items) {
        running.add(
            executor.submit(
                () -> {
                  String reply = answer.apply(item);
                  task.advance(1);
                  return new Verdict(item, reply, item.check().passes(reply));
                }));
      }
      return new Evaluation(running.stream().map(Evaluation::result).toList());
    }
  }

  private static Verdict result(Future<Verdict> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the evaluation was interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
  }

  /** Scores by category, in the order in which categories appear. */
  public Map<String, Score> scores() {
    Map<String, Score> scores = new LinkedHashMap<>();
    for (Verdict verdict : verdicts) {
      String category = verdict.item().category();
      Score score = scores.getOrDefault(category, new Score(0, 0));
      scores.put(category, score.plus(verdict.right()));
    }
    return scores;
  }

  /** Score over all categories. */
  public Score total() {
    Score total = new Score(0, 0);
    for (Verdict verdict : verdicts) {
      total = total.plus(verdict.right());
    }
    return total;
  }
}
