package io.firesteel.spark;

import io.firesteel.model.Model;
import java.io.IOException;
import java.io.Serial;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Answers the prompts of one partition on an executor.
 *
 * @param column index of the prompts
 * @param options how they are answered
 */
record AnswerPartition(int column, BatchOptions options)
    implements MapPartitionsFunction<Row, Row> {
  @Serial private static final long serialVersionUID = 1;

  @Override
  public Iterator<Row> call(Iterator<Row> rows) throws IOException {
    Model model = ExecutorModels.of(options);
    AnsweredRows answered = new AnsweredRows(rows, new PromptAnswerer(model, options), this);
    TaskCompletionListener end = context -> answered.close();
    TaskContext.get().addTaskCompletionListener(end);
    return answered;
  }
}
