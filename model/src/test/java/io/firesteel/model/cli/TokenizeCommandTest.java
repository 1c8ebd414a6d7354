package io.firesteel.model.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizeCommandTest {
  @Test
  void idsAreSeparatedByBlanksAndGoBackToTheText() {
    ProgramRun run = ProgramRun.withInput("Hello world 345", "tokenize");
    assertEquals("2538 787 595 220 18 19 20\n", run.out());
    assertEquals("Hello world 345", ProgramRun.withInput(run.out(), "tokenize", "--decode").out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"2538,787", " 2538 , 787\n", "2538\t787", "2538\n787\n"})
  void blanksAndCommasSeparateIds(String ids) {
    assertEquals("Hello wor", ProgramRun.withInput(ids, "tokenize", "--decode").out());
  }

  @Test
  void specialTokensAreParsedOnlyWhenAsked() {
    assertEquals("4089\n", ProgramRun.withInput("<|im_end|>", "tokenize", "--parse-special").out());
    String plain = ProgramRun.withInput("<|im_end|>", "tokenize").out();
    assertTrue(plain.split(" ").length > 1, plain);
  }

  @Test
  void nothingBecomesNothing() {
    assertEquals("\n", ProgramRun.withInput("", "tokenize").out());
    assertEquals("", ProgramRun.withInput(" \n", "tokenize", "--decode").out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"4096", "-1", "word", "1,,2"})
  void whatIsNoTokenIdIsRefusedWithTheRange(String ids) {
    ProgramRun run = ProgramRun.withInput(ids, "tokenize", "--decode");
    assertEquals(ExitCode.USAGE, run.code());
    assertTrue(run.err().contains("ids of this model are 0 to 4095"), run.err());
  }
}
