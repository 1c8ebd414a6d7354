package io.firesteel.spark;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.spark.TaskKilledException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/**
 * Rows with their answers, in order. So many prompts as the options say are computed while the
 * consumer is at the first of them; the input is read no further ahead.
 */
final class AnsweredRows implements Iterator<Row>, AutoCloseable {
  private final Iterator<Row> rows;
  private final PromptAnswerer answerer;
  private final AnswerPartition partition;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Deque<Future<Row>> pending = new ArrayDeque<>();

  AnsweredRows(Iterator<Row> rows, PromptAnswerer answerer, AnswerPartition partition) {
    this.rows = rows;
    this.answerer = answerer;
    this.partition = partition;
  }

  @Override
  public boolean hasNext() {
    fill();
    return !pending.isEmpty();
  }

  private void fill() {
    while (pending.size() < partition.options().inFlight() && rows.hasNext()) {
      Row row = rows.next();
      pending.add(threads.submit(() -> answered(row)));
    }
  }

  private Row answered(Row row) throws InterruptedException {
    PromptAnswerer.Answered answer = answerer.answer(row.getString(partition.column()));
    Object[] values = new Object[row.size() + 5];
    for (int i = 0; i < row.size(); i++) {
      values[i] = row.get(i);
    }
    values[row.size()] = answer.text();
    values[row.size() + 1] = answer.finish();
    values[row.size() + 2] = answer.promptTokens();
    values[row.size() + 3] = answer.answerTokens();
    values[row.size() + 4] = answer.error();
    return RowFactory.create(values);
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException("all prompts are answered");
    }
    try {
      return pending.removeFirst().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TaskKilledException("interrupted");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException problem
          ? problem
          : new IllegalStateException(e.getCause());
    }
  }

  /** Ends what is under way. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
