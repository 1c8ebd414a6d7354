package io.firesteel.bench.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * HumanEval: lines with {@code task_id}, {@code prompt}, {@code entry_point} and {@code test}. A
 * reply is right if its code passes the tests in a {@link Sandbox}.
 */
public final class HumanEval {
  private static final Pattern FENCED = Pattern.compile("(?s)```(?:python|py)?\\n(.*?)```");

  private HumanEval() {}

  /** Reads the items of a folder with {@code HumanEval.jsonl}. */
  public static List<SuiteItem> read(Path folder, Sandbox sandbox) throws IOException {
    List<SuiteItem> items = new ArrayList<>();
    for (JsonNode line :
        JsonLines.read(
            folder.resolve("HumanEval.jsonl"), "task_id", "prompt", "entry_point", "test")) {
      String prompt = line.get("prompt").asString();
      String text =
          "Complete this Python function. Answer with the whole function in one code block.\n\n"
              + "```python\n"
              + prompt
              + "```";
      items.add(
          new SuiteItem(
              line.get("task_id").asString(),
              "humaneval",
              JsonLines.question(text),
              JsonLines.none(),
              reply -> passes(program(line, reply), sandbox)));
    }
    return items;
  }

  private static boolean passes(String program, Sandbox sandbox) {
    try {
      return sandbox.passes(program);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The program that the published evaluation runs: prompt, completion, tests and their call. */
  static String program(JsonNode line, String reply) {
    String entry = line.get("entry_point").asString();
    Matcher fenced = FENCED.matcher(reply);
    String code = fenced.find() ? fenced.group(1) : reply;
    boolean whole =
        Pattern.compile("(?m)^def " + Pattern.quote(entry) + "\\b").matcher(code).find();
    // a whole function still needs the imports and helpers before it in the prompt
    String completed = line.get("prompt").asString() + (whole ? "    pass\n\n" : "") + code;
    return completed + "\n" + line.get("test").asString() + "\ncheck(" + entry + ")\n";
  }
}
