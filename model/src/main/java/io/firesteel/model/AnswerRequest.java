package io.firesteel.model;

import io.firesteel.model.template.Message;
import java.util.List;
import java.util.Objects;

/**
 * A question that holds all it needs: no conversation is kept between two of them, but what they
 * begin with in common is computed once.
 *
 * @param prompt what the model is to go on from
 * @param options tools and how to generate; of a prompt that is no conversation only {@link
 *     ChatOptions#generation} counts
 * @param choices number of answers, at least 1; the further ones are drawn with the seeds that
 *     follow
 * @param priority against other requests
 */
public record AnswerRequest(Prompt prompt, ChatOptions options, int choices, Priority priority) {
  /** Refuses null and less than one choice. */
  public AnswerRequest {
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(options, "options");
    Objects.requireNonNull(priority, "priority");
    if (choices < 1) {
      throw new IllegalArgumentException("choices is " + choices + ", expected at least 1");
    }
  }

  /** What the model is to go on from. */
  public sealed interface Prompt {
    /** A conversation, written down by the model's template. */
    record Conversation(List<Message> messages) implements Prompt {
      /** Copies the list. */
      public Conversation {
        messages = List.copyOf(messages);
      }
    }

    /** A text as it stands; texts of control tokens in it are plain text. */
    record Text(String text) implements Prompt {}

    /** Tokens as they are. */
    record Tokens(int... ids) implements Prompt {}
  }

  /** A question in messages. */
  public static AnswerRequest chat(List<Message> messages) {
    return of(new Prompt.Conversation(messages));
  }

  /** A text to continue. */
  public static AnswerRequest text(String prompt) {
    return of(new Prompt.Text(prompt));
  }

  /** Tokens to continue. */
  public static AnswerRequest tokens(int... ids) {
    return of(new Prompt.Tokens(ids));
  }

  private static AnswerRequest of(Prompt prompt) {
    return new AnswerRequest(prompt, ChatOptions.DEFAULT, 1, Priority.NORMAL);
  }

  /** The same question with other options. */
  public AnswerRequest withOptions(ChatOptions other) {
    return new AnswerRequest(prompt, other, choices, priority);
  }

  /** The same question with several answers. */
  public AnswerRequest withChoices(int count) {
    return new AnswerRequest(prompt, options, count, priority);
  }

  /** The same question at another priority. */
  public AnswerRequest withPriority(Priority other) {
    return new AnswerRequest(prompt, options, choices, other);
  }
}
