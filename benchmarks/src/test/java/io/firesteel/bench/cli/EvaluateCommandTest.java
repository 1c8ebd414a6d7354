package io.firesteel.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class EvaluateCommandTest {
  @TempDir Path folder;

  @Test
  void aTierOfTheShippedItemsIsScoredAndTakenUpAgain() throws IOException {
    Path records = folder.resolve("records.jsonl");
    Object[] words = {
      "evaluate", "--engine", "cpu", "--tier", 2, "--tokens", 40, "--records", records, "--json"
    };
    ProgramRun first = ProgramRun.of(words);
    assertEquals(0, first.code(), first.err());
    JsonNode total = first.json().get("total");
    assertEquals(7, total.get("items").asInt());
    assertTrue(total.get("share").asDouble() > 0.5, "the model was made to answer them");
    assertTrue(total.get("low").asDouble() < total.get("share").asDouble());

    List<String> lines = Files.readAllLines(records);
    assertEquals(7, lines.size());
    Files.write(records, lines.subList(0, 5));
    JsonNode resumed = ProgramRun.of(words).json();
    assertEquals(7, Files.readAllLines(records).size());
    assertEquals(first.json().get("items"), resumed.get("items"), "greedy answers are the same");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --suite trivia                  | there is no suite "trivia"
          --suite gsm8k                   | --suite gsm8k needs --data
          --suite gsm8k --data nowhere    | nowhere/test.jsonl does not exist
          --suite humaneval --data .      | humaneval runs code that the model writes
          --tier 0                        | --tier is 0; give 1 to 100
          """)
  void refusesWhatItCannotAsk(String arguments, String message) {
    ProgramRun run = ProgramRun.of((Object[]) ("evaluate " + arguments).split(" "));
    assertTrue(run.code() == 1 || run.code() == 2, run.toString());
    assertTrue(run.err().contains(message), run.err());
  }
}
