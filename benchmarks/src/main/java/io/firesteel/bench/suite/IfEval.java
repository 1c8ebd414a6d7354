package io.firesteel.bench.suite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * IFEval (Zhou et al., 2023): a folder with {@code input_data.jsonl}, lines with {@code key},
 * {@code prompt}, {@code instruction_id_list} and {@code kwargs}. A reply is right if it follows
 * all its instructions (the published strict accuracy of prompts).
 *
 * <p>What the published scorer asks libraries for is done in other ways: sentences are found by
 * {@link java.text.BreakIterator}, words in capitals by punctuation and space, items that ask for a
 * language are left out, and a reply all in capitals or in small letters need not be English.
 */
public final class IfEval {
  private static final String LANGUAGE = "language:response_language";

  private IfEval() {}

  /**
   * Reads the items.
   *
   * @throws IOException if an instruction is unknown
   */
  public static List<SuiteItem> read(Path folder) throws IOException {
    List<SuiteItem> items = new ArrayList<>();
    for (JsonNode line :
        JsonLines.read(
            folder.resolve("input_data.jsonl"), "key", "prompt", "instruction_id_list", "kwargs")) {
      List<String> ids =
          line.get("instruction_id_list").valueStream().map(JsonNode::asString).toList();
      if (ids.contains(LANGUAGE)) {
        continue;
      }
      for (String id : ids) {
        if (!Instruction.isKnown(id)) {
          throw new IOException(folder + ": instruction " + id + " is unknown");
        }
      }
      JsonNode values = line.get("kwargs");
      items.add(
          new SuiteItem(
              line.get("key").asString(),
              ids.getFirst().replaceFirst(":.*", ""),
              JsonLines.question(line.get("prompt").asString()),
              JsonLines.none(),
              reply ->
                  IntStream.range(0, ids.size())
                      .allMatch(
                          i -> new Instruction(ids.get(i), values.path(i)).isFollowed(reply))));
    }
    return items;
  }
}
