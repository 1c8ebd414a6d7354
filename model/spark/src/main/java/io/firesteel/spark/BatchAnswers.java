package io.firesteel.spark;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Answers a column of prompts.
 *
 * <pre>{@code
 * Dataset<Row> answered =
 *     BatchAnswers.to(spark.read().parquet("prompts"), "prompt", BatchOptions.DEFAULT);
 * answered.write().parquet("answers");
 * }</pre>
 *
 * <p>The result has the columns of the input and, for each row, {@code answer}, {@code finish}
 * ({@code stop} or {@code length}), {@code prompt_tokens}, {@code answer_tokens} and {@code error}:
 * a prompt that cannot be answered, as it is longer than the context, say, has a reason there and
 * no answer, and the job goes on.
 *
 * <p>Each executor loads the model once and shares it among its tasks; prompts of a partition are
 * computed together and come back in their order. A task that fails or is lost is computed again by
 * Spark, with the same answers.
 */
public final class BatchAnswers {
  private static final List<StructField> ADDED =
      List.of(
          DataTypes.createStructField("answer", DataTypes.StringType, true),
          DataTypes.createStructField("finish", DataTypes.StringType, true),
          DataTypes.createStructField("prompt_tokens", DataTypes.IntegerType, false),
          DataTypes.createStructField("answer_tokens", DataTypes.IntegerType, false),
          DataTypes.createStructField("error", DataTypes.StringType, true));

  private BatchAnswers() {}

  /**
   * Adds answers to prompts; nothing is computed before the result is used.
   *
   * @param column of strings; a null has no answer
   * @throws IllegalArgumentException if there is no such column, it holds no strings, or a column
   *     has the name of one that is added
   */
  public static Dataset<Row> to(Dataset<Row> prompts, String column, BatchOptions options) {
    StructType schema = prompts.schema();
    int index = Arrays.asList(schema.fieldNames()).indexOf(column);
    if (index < 0) {
      throw new IllegalArgumentException(
          "there is no column '" + column + "'; there are " + List.of(schema.fieldNames()));
    }
    if (!schema.fields()[index].dataType().equals(DataTypes.StringType)) {
      throw new IllegalArgumentException(
          "column '"
              + column
              + "' is of type "
              + schema.fields()[index].dataType().simpleString()
              + ", expected string");
    }
    return prompts.mapPartitions(
        new AnswerPartition(index, options), Encoders.row(withAnswers(schema)));
  }

  private static StructType withAnswers(StructType schema) {
    StructType result = schema;
    for (StructField field : ADDED) {
      if (Arrays.asList(schema.fieldNames()).contains(field.name())) {
        throw new IllegalArgumentException(
            "there is a column '" + field.name() + "' already; rename it");
      }
      result = result.add(field);
    }
    return result;
  }
}
