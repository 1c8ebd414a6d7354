package io.firesteel.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/** Scorers against answers judged by hand. The items are made up in the published formats. */
class SuiteTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2 + 3 = 5.\\n#### 5                 | 5
          #### 1,250                          | 1250
          #### $12.50                         | 12.50
          First #### 3, no: #### 4            | 4
          She has 3 apples and pays $18.      | 18
          The result is -7                    | -7
          1,000,000 in all                    | 1000000
          """)
  void gsm8kTakesTheMarkedOrTheLastNumber(String reply, String number) {
    BigDecimal found = Gsm8k.answer(reply.replace("\\n", "\n")).orElseThrow();
    assertEquals(0, found.compareTo(new BigDecimal(number)), found.toString());
  }

  @Test
  void gsm8kHasNoAnswerWithoutANumber() {
    assertEquals(Optional.empty(), Gsm8k.answer("I do not know."));
  }

  @Test
  void gsm8kPutsExamplesBeforeTheQuestion() throws IOException {
    Files.writeString(
        folder.resolve("train.jsonl"), "{\"question\": \"1+1?\", \"answer\": \"2\\n#### 2\"}\n");
    Files.writeString(
        folder.resolve("test.jsonl"),
        "{\"question\": \"Ten less three?\", \"answer\": \"10-3=<<10-3=7>>7\\n#### 7\"}\n");
    SuiteItem item = Gsm8k.read(folder, 1).getFirst();
    String prompt = item.messages().get(0).get("content").asString();
    assertTrue(prompt.startsWith("Question: 1+1?\nAnswer: 2\n#### 2\n\nQuestion: Ten"), prompt);
    assertTrue(item.scorer().test("It is 7.0"));
    assertFalse(item.scorer().test("10 - 3 = 7, so 70"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          So the answer is (C).                 | C
          the answer is B                       | B
          The answer is (A), not (D).           | A
          Answer: J                             | J
          First answer: A, finally Answer: E    | E
          I would say (G) I guess I             | I
          Answer: A.\\nNo, Answer: B            | A
          the answer is A\\nthe answer is B     | A
          D, I think,\\nor maybe F.             | F
          """)
  void mmluProFindsTheLetter(String reply, String letter) {
    assertEquals(Optional.of(letter), MmluPro.answer(reply.replace("\\n", "\n")));
  }

  @Test
  void mmluProHasNoLetterOutsideOfTheTen() {
    assertEquals(Optional.empty(), MmluPro.answer("the answer is (K)"));
  }

  @Test
  void mmluProListsOptionsAndExamplesOfTheSameCategory() throws IOException {
    String line =
        """
        {"question_id": %d, "question": "%s", "options": ["x", "y", "N/A"], "answer": "B", "category": "%s", "cot_content": "A: Let's think step by step. The answer is (B)."}
        """;
    Files.writeString(
        folder.resolve("validation.jsonl"),
        line.formatted(1, "of law", "law") + line.formatted(2, "of maths", "math"));
    Files.writeString(folder.resolve("test.jsonl"), line.formatted(3, "asked", "math"));
    SuiteItem item = MmluPro.read(folder, 5).getFirst();
    String prompt = item.messages().get(0).get("content").asString();
    assertTrue(prompt.contains("about math."), prompt);
    assertTrue(prompt.contains("of maths\nOptions:\nA. x\nB. y\nAnswer: Let's"), prompt);
    assertFalse(prompt.contains("of law"), prompt);
    assertTrue(item.scorer().test("... the answer is (B)."));
    assertFalse(item.scorer().test("... the answer is (A)."));
  }

  private static final String TASK =
      """
      {"task_id": "T/0", "prompt": "from typing import List\\n\\ndef total(xs: List[int]) -> int:\\n    \\"\\"\\"Sum.\\"\\"\\"\\n", "entry_point": "total", "test": "def check(f):\\n    assert f([1, 2]) == 3\\n    assert f([]) == 0\\n"}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '    return sum(xs)'                                                      | true
          '```python\\ndef total(xs: List[int]) -> int:\\n    return sum(xs)\\n```' | true
          '    return len(xs)'                                                      | false
          '    return sum(xs'                                                       | false
          '    while True: pass'                                                    | false
          '    return open("/proc/self/environ").read() and 3'                      | false
          '    return [0] * 10**10'                                                 | false
          """)
  void humanEvalRunsTheTestsInASandbox(String reply, boolean right) throws IOException {
    Sandbox sandbox = new Sandbox(Duration.ofSeconds(5));
    try {
      sandbox.requireUsable();
    } catch (IOException e) {
      assumeTrue(false, e.getMessage());
    }
    Files.writeString(folder.resolve("HumanEval.jsonl"), TASK);
    SuiteItem item = HumanEval.read(folder, sandbox).getFirst();
    assertEquals(right, item.scorer().test(reply.replace("\\n", "\n")));
  }

  @Test
  void aCompressedFileIsReadAsItIsPublished() throws IOException {
    Path file = folder.resolve("HumanEval.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(TASK.getBytes(StandardCharsets.UTF_8));
    }
    SuiteItem item = HumanEval.read(folder, new Sandbox(Duration.ofSeconds(1))).getFirst();
    assertEquals("T/0", item.id());
  }

  @Test
  void wilsonsIntervalIsTheKnownOne() {
    Share share = new Share(8, 10);
    assertEquals(0.4902, share.low(), 1e-4);
    assertEquals(0.9433, share.high(), 1e-4);
    assertEquals(0, new Share(0, 20).low(), 1e-12);
    assertEquals(1, new Share(20, 20).high(), 1e-12);
  }

  @Test
  void tiersAreThoseOfTheUsualSelection() {
    assertEquals(33, Suite.GSM8K.items(25));
    assertEquals(15, Suite.HUMANEVAL.items(25));
    assertEquals(25, Suite.MMLU_PRO.items(25));
  }

  @Test
  void recordsAreTakenUpAgain() throws IOException {
    Path file = folder.resolve("records.jsonl");
    SuiteItem item =
        new SuiteItem(
            "a", "c", JsonMapper.shared().createArrayNode(), JsonLines.none(), "yes"::equals);
    new Records(Optional.of(file)).add(item, "yes");
    Records again = new Records(Optional.of(file));
    assertTrue(again.has(item));
    assertTrue(again.of(List.of(item)).getFirst().get("right").asBoolean());
    Files.writeString(file, "{\"id\": \"a\"}\n");
    assertThrows(IOException.class, () -> new Records(Optional.of(file)));
  }
}
