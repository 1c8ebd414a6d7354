package io.firesteel.bench.suite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * MMLU-Pro: lines with {@code question_id}, {@code question}, {@code options}, {@code answer} (a
 * letter) and {@code category}; examples are those of the same category in {@code
 * validation.jsonl}, with their {@code cot_content}. The letter of a reply is looked for as the
 * published evaluation does: after the first "answer is", after the last "Answer:" of the first
 * line that has one, and else the last letter that stands alone. Options {@code N/A} are left out.
 * A reply without a letter is wrong; the published evaluation draws one.
 */
public final class MmluPro {
  private static final String NO_OPTION = "N/A";
  private static final List<Pattern> FORMS =
      List.of(
          Pattern.compile("answer is \\(?([A-J])\\)?"),
          Pattern.compile(".*[aA]nswer:\\s*([A-J])"),
          Pattern.compile("(?s)\\b([A-J])\\b(?!.*\\b[A-J]\\b)"));

  private MmluPro() {}

  /**
   * Reads the items.
   *
   * @param folder with {@code test.jsonl}, and {@code validation.jsonl} for examples
   * @param shots examples before each question; as published, 5
   */
  public static List<SuiteItem> read(Path folder, int shots) throws IOException {
    List<JsonNode> examples =
        shots == 0
            ? List.of()
            : JsonLines.read(
                folder.resolve("validation.jsonl"),
                "question",
                "options",
                "category",
                "cot_content");
    List<SuiteItem> items = new ArrayList<>();
    for (JsonNode line :
        JsonLines.read(
            folder.resolve("test.jsonl"),
            "question_id",
            "question",
            "options",
            "answer",
            "category")) {
      String category = line.get("category").asString();
      StringBuilder prompt =
          new StringBuilder(
              "The following are multiple choice questions (with answers) about %s. Think step by step and then finish your answer with \"the answer is (X)\" where X is the correct letter choice.\n\n"
                  .formatted(category));
      examples.stream()
          .filter(example -> example.get("category").asString().equals(category))
          .limit(shots)
          .forEach(example -> prompt.append(example(example)));
      prompt.append(question(line)).append("Answer: Let's think step by step.");
      String right = line.get("answer").asString();
      items.add(
          new SuiteItem(
              line.get("question_id").asString(),
              category,
              JsonLines.question(prompt.toString()),
              JsonLines.none(),
              reply -> answer(reply).filter(right::equals).isPresent()));
    }
    return items;
  }

  private static String example(JsonNode line) {
    String thought = line.get("cot_content").asString().replaceFirst("^A: ", "");
    return question(line) + "Answer: " + thought + "\n\n";
  }

  private static String question(JsonNode line) {
    StringBuilder text =
        new StringBuilder("Question:\n" + line.get("question").asString() + "\nOptions:\n");
    char letter = 'A';
    for (JsonNode option : line.get("options")) {
      if (option.asString().equals(NO_OPTION)) {
        continue;
      }
      text.append(letter++).append(". ").append(option.asString()).append('\n');
    }
    return text.toString();
  }

  /** The letter that a reply gives; empty if it has none. */
  static Optional<String> answer(String reply) {
    for (Pattern form : FORMS) {
      Matcher matcher = form.matcher(reply);
      if (matcher.find()) {
        return Optional.of(matcher.group(1));
      }
    }
    return Optional.empty();
  }
}
