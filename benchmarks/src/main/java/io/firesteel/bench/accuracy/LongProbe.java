package io.firesteel.bench.accuracy;

import io.firesteel.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A long context with a fact in its middle and a question at its end. An engine that loses
 * positions, mixes up pages or rounds far keys badly departs from the reference here, and no longer
 * answers what the reference answers.
 *
 * @param prompt the whole prompt
 * @param needle the answer's tokens, as a model that has read the fact would give them
 */
public record LongProbe(int[] prompt, int[] needle) {
  private static final String FACT = "\nThe secret number of the lighthouse is 7316.\n";
  private static final String QUESTION = "\nThe secret number of the lighthouse is";
  private static final String ANSWER = " 7316";

  /**
   * Builds a probe.
   *
   * @param filler text that is repeated around the fact
   * @param length tokens of the prompt
   * @throws IllegalArgumentException if fact and question do not fit
   */
  public static LongProbe of(Tokenizer tokenizer, String filler, int length) {
    int[] fact = tokenizer.encode(FACT, false, false);
    int[] question = tokenizer.encode(QUESTION, false, false);
    int[] text = tokenizer.encode(filler, true, false);
    int room = length - fact.length - question.length;
    if (room < 2) {
      throw new IllegalArgumentException(
          "a probe of %d tokens is too short, expected at least %d"
              .formatted(length, fact.length + question.length + 2));
    }
    List<Integer> prompt = new ArrayList<>();
    fill(prompt, text, room / 2);
    add(prompt, fact);
    fill(prompt, text, room - room / 2);
    add(prompt, question);
    return new LongProbe(
        prompt.stream().mapToInt(Integer::intValue).toArray(),
        tokenizer.encode(ANSWER, false, false));
  }

  private static void fill(List<Integer> prompt, int[] text, int count) {
    for (int i = 0; i < count; i++) {
      prompt.add(text[i % text.length]);
    }
  }

  private static void add(List<Integer> prompt, int[] tokens) {
    for (int token : tokens) {
      prompt.add(token);
    }
  }

  /** Whether an answer begins with the needle. */
  public boolean recalled(int[] answer) {
    return Arrays.equals(needle, Arrays.copyOf(answer, Math.min(answer.length, needle.length)));
  }
}
