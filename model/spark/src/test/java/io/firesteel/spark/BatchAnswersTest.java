package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BatchAnswersTest {
  private static final BatchOptions OPTIONS =
      BatchOptions.DEFAULT.withEngine("cpu", 1).withMaxTokens(8).withSampling(0.8f, 7);
  private static final StructType SCHEMA =
      new StructType().add("id", DataTypes.IntegerType).add("prompt", DataTypes.StringType);

  private static final int PROMPTS = Integer.getInteger("batch.prompts", 1000);

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark =
        SparkSession.builder()
            .master("local[2,4]")
            .appName("test")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", "2")
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static Dataset<Row> prompts(List<String> texts) {
    List<Row> rows =
        IntStream.range(0, texts.size()).mapToObj(i -> RowFactory.create(i, texts.get(i))).toList();
    return spark.createDataset(rows, Encoders.row(SCHEMA)).repartition(2);
  }

  private static List<String> sums(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "What is %d + %d?".formatted(i, 3 * i + 11))
        .toList();
  }

  /** Kills the first attempt at a task once it has begun. */
  private static final class Killer extends SparkListener {
    private final SparkContext context;
    private final AtomicBoolean done = new AtomicBoolean();
    private final ConcurrentLinkedQueue<String> ends = new ConcurrentLinkedQueue<>();

    Killer(SparkContext context) {
      this.context = context;
    }

    @Override
    public void onTaskStart(SparkListenerTaskStart start) {
      if (start.stageAttemptId() == 0 && isLast(start) && done.compareAndSet(false, true)) {
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    Thread.sleep(1500);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  context.killTaskAttempt(start.taskInfo().taskId(), true, "killed by the test");
                });
      }
    }

    // The stage after the shuffle that repartitions is the one that answers.
    private static boolean isLast(SparkListenerTaskStart start) {
      return start.stageId() > 0;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd end) {
      ends.add(end.taskInfo().status());
    }
  }

  @Test
  void aKilledTaskIsComputedAgainAndEveryPromptIsAnsweredOnceAsInOneProcess() throws Exception {
    List<String> texts = sums(PROMPTS);
    Killer killer = new Killer(spark.sparkContext());
    spark.sparkContext().addSparkListener(killer);
    List<Row> answered;
    try {
      answered = BatchAnswers.to(prompts(texts), "prompt", OPTIONS).collectAsList();
    } finally {
      spark.sparkContext().removeSparkListener(killer);
    }
    Map<Integer, String> byId = new HashMap<>();
    for (Row row : answered) {
      assertNull(byId.put(row.getAs("id"), row.getAs("answer")), "answered twice");
    }
    assertEquals(PROMPTS, byId.size());
    assertTrue(killer.ends.contains("KILLED"), "no task was killed: " + killer.ends);
    try (Model model = Model.embedded(ModelOptions.builder().engine("cpu").threads(2).build())) {
      PromptAnswerer alone = new PromptAnswerer(model, OPTIONS);
      for (int i = 0; i < texts.size(); i++) {
        assertEquals(alone.answer(texts.get(i)).text(), byId.get(i), texts.get(i));
      }
    }
    assertEquals(0, ExecutorModels.of(OPTIONS).load().running(), "an answer goes on");
  }

  @Test
  void keepsTheColumnsAndAddsWhatAnAnswerTook() {
    Row row = BatchAnswers.to(prompts(sums(1)), "prompt", OPTIONS).first();
    assertAll(
        () -> assertEquals("What is 0 + 11?", row.getAs("prompt")),
        () -> assertNotNull(row.getAs("answer")),
        () -> assertTrue(row.<Integer>getAs("prompt_tokens") > 5),
        () -> assertTrue(row.<Integer>getAs("answer_tokens") > 0),
        () -> assertNull(row.getAs("error")));
  }

  @Test
  void promptsThatCannotBeAnsweredSayWhyAndStopNoOthers() {
    List<String> texts = new ArrayList<>(sums(3));
    texts.add("word ".repeat(50_000));
    texts.add(null);
    List<Row> rows =
        BatchAnswers.to(prompts(texts), "prompt", OPTIONS).orderBy("id").collectAsList();
    assertNotNull(rows.get(0).getAs("answer"));
    String tooLong = rows.get(3).getAs("error");
    assertTrue(tooLong.contains("context"), tooLong);
    assertEquals("the prompt is null", rows.get(4).getAs("error"));
  }

  @Test
  void refusesColumnsThatAreNotThereOrHoldNoTexts() {
    Dataset<Row> prompts = prompts(sums(1));
    assertThrows(
        IllegalArgumentException.class, () -> BatchAnswers.to(prompts, "question", OPTIONS));
    assertThrows(IllegalArgumentException.class, () -> BatchAnswers.to(prompts, "id", OPTIONS));
    Dataset<Row> taken = prompts.withColumnRenamed("id", "answer");
    assertThrows(IllegalArgumentException.class, () -> BatchAnswers.to(taken, "prompt", OPTIONS));
  }
}
