package io.firesteel.bench.suite;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * GSM8K: lines with {@code question} and {@code answer}, whose last line is {@code #### number}.
 * Examples for the prompt are the first ones of {@code train.jsonl}. An answer is the number after
 * the last {@code ####}, or else the last number; commas, dollar signs and a full stop do not
 * count.
 */
public final class Gsm8k {
  private static final Pattern MARKED =
      Pattern.compile("####\\s*\\$?(-?[0-9][0-9,]*(?:\\.[0-9]+)?)");
  private static final Pattern NUMBER = Pattern.compile("-?\\$?-?[0-9][0-9,]*(?:\\.[0-9]+)?");

  private Gsm8k() {}

  /**
   * Reads the items.
   *
   * @param folder with {@code test.jsonl}, and {@code train.jsonl} for examples
   * @param shots examples before each question
   */
  public static List<SuiteItem> read(Path folder, int shots) throws IOException {
    String examples = shots == 0 ? "" : examples(folder.resolve("train.jsonl"), shots);
    List<JsonNode> lines = JsonLines.read(folder.resolve("test.jsonl"), "question", "answer");
    List<SuiteItem> items = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      JsonNode line = lines.get(i);
      BigDecimal right =
          marked(line.get("answer").asString())
              .orElseThrow(() -> new IOException(folder + ": an answer has no line '#### number'"));
      String prompt =
          examples
              + "Question: "
              + line.get("question").asString()
              + "\nSolve it step by step, and end with a line '#### ' and the number.\nAnswer:";
      items.add(
          new SuiteItem(
              "gsm8k-" + i,
              "gsm8k",
              JsonLines.question(prompt),
              JsonLines.none(),
              reply -> answer(reply).filter(n -> n.compareTo(right) == 0).isPresent()));
    }
    return items;
  }

  private static String examples(Path file, int shots) throws IOException {
    StringBuilder text = new StringBuilder();
    for (JsonNode line :
        JsonLines.read(file, "question", "answer").stream().limit(shots).toList()) {
      text.append("Question: ").append(line.get("question").asString());
      text.append("\nAnswer: ").append(line.get("answer").asString()).append("\n\n");
    }
    return text.toString();
  }

  /** The number that a reply gives; empty if it has none. */
  static Optional<BigDecimal> answer(String reply) {
    return marked(reply)
        .or(
            () ->
                NUMBER
                    .matcher(reply)
                    .results()
                    .reduce((a, b) -> b)
                    .map(MatchResult::group)
                    .map(Gsm8k::number));
  }

  private static Optional<BigDecimal> marked(String text) {
    return MARKED.matcher(text).results().reduce((a, b) -> b).map(m -> number(m.group(1)));
  }

  private static BigDecimal number(String text) {
    return new BigDecimal(text.replaceAll("[,$]", ""));
  }
}
