package io.firesteel.spark;

import io.firesteel.model.AnswerRequest;
import io.firesteel.model.AnswerResult;
import io.firesteel.model.Answers;
import io.firesteel.model.ChatOptions;
import io.firesteel.model.ContextFullException;
import io.firesteel.model.FinishReason;
import io.firesteel.model.GenerationOptions;
import io.firesteel.model.Model;
import io.firesteel.model.Priority;
import io.firesteel.model.kv.KvCacheFullException;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.model.template.Message;
import io.firesteel.model.template.jinja.TemplateException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** Answers one prompt. */
final class PromptAnswerer {
  private static final int FULL_TRIES = 100;
  private static final long FULL_WAIT_MILLIS = 50;

  private final Model model;
  private final BatchOptions options;

  PromptAnswerer(Model model, BatchOptions options) {
    this.model = model;
    this.options = options;
  }

  /**
   * An answer, or why there is none.
   *
   * @param text null where there is none
   * @param error null where there is an answer
   */
  record Answered(String text, String finish, int promptTokens, int answerTokens, String error) {
    static Answered problem(String error) {
      return new Answered(null, null, 0, 0, error);
    }
  }

  Answered answer(String prompt) throws InterruptedException {
    if (prompt == null) {
      return Answered.problem("the prompt is null");
    }
    for (int left = FULL_TRIES; ; left--) {
      try (Answers answers = model.answer(request(prompt))) {
        AnswerResult result = answers.first().complete();
        if (result.reason() == FinishReason.NO_ROOM && left > 0 && contextLeft(result)) {
          Thread.sleep(FULL_WAIT_MILLIS); // others' answers filled the cache
          continue;
        }
        return answered(result);
      } catch (KvCacheFullException e) {
        if (left == 0) {
          throw e; // the task fails, and Spark tries it again
        }
        Thread.sleep(FULL_WAIT_MILLIS);
      } catch (ContextFullException | TemplateException e) {
        return Answered.problem(e.getMessage());
      }
    }
  }

  private boolean contextLeft(AnswerResult result) {
    return result.usage().totalTokens() < model.contextLength() - 1;
  }

  private static Answered answered(AnswerResult result) {
    boolean cut =
        result.reason() == FinishReason.MAX_TOKENS || result.reason() == FinishReason.NO_ROOM;
    return new Answered(
        result.text(),
        cut ? "length" : "stop",
        result.usage().promptTokens(),
        result.usage().answerTokens(),
        null);
  }

  private AnswerRequest request(String prompt) {
    List<Message> messages = new ArrayList<>();
    if (!options.system().isEmpty()) {
      messages.add(Message.system(options.system()));
    }
    messages.add(Message.user(prompt));
    GenerationOptions generation =
        GenerationOptions.builder()
            .maxTokens(options.maxTokens())
            .sampling(
                SamplingParameters.DEFAULT.toBuilder()
                    .temperature(options.temperature())
                    .seed(seed(prompt))
                    .build())
            .build();
    return AnswerRequest.chat(messages)
        .withOptions(ChatOptions.DEFAULT.withGeneration(generation))
        .withPriority(Priority.BATCH);
  }

  private long seed(String prompt) {
    CRC32C checksum = new CRC32C();
    checksum.update(prompt.getBytes(StandardCharsets.UTF_8));
    return options.seed() ^ checksum.getValue() << 32 ^ checksum.getValue();
  }
}
