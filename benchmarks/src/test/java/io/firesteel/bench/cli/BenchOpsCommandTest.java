package io.firesteel.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.ops.Op;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code bench ops} on tiny shapes, inside the test's own JVM. */
class BenchOpsCommandTest {
  private static ProgramRun ops(String arguments) {
    Object[] words =
        ("bench ops --shape tiny --json " + arguments + " -- -f 0 -wi 0 -i 2 -r 1ms").split(" ");
    return ProgramRun.of(words);
  }

  @Test
  void everyOpOfEveryImplementationHasARow() {
    ProgramRun run = ops("--implementation cpu --type q4_k --context 40 --kv f16,q8 --rows 1,3");
    assertEquals(0, run.code(), run.err());
    Set<String> measured = new TreeSet<>();
    for (JsonNode row : run.json().get("ops")) {
      measured.add(row.get("op").asString());
      assertEquals(2, row.get("samples").size());
      assertTrue(row.get("microseconds").asDouble() > 0);
      double rate = row.get("bytes").asDouble() / row.get("microseconds").asDouble() * 1e-3;
      assertEquals(rate, row.get("gigabytesPerSecond").asDouble(), 1e-9 * rate);
      assertTrue(row.get("nmse").asDouble() < 1e-9, row.toString());
    }
    Set<String> expected =
        Arrays.stream(Op.values()).map(Op::label).collect(Collectors.toCollection(TreeSet::new));
    expected.remove("sample"); // the CPU samples outside of its ops
    assertEquals(expected, measured);
    assertTrue(run.err().contains("cpu does not offer sample"), run.err());
    JsonNode implementation = run.json().get("implementations").get(0);
    assertTrue(implementation.get("readCeilingBytesPerSecond").asDouble() > 1e8);
  }

  @Test
  void aWrongImplementationShowsInItsErrorAndAppearsByItself() {
    ProgramRun run = ops("--op attn_out,logits --type q8_0");
    assertEquals(0, run.code(), run.err());
    for (JsonNode row : run.json().get("ops")) {
      boolean wrong =
          row.get("implementation").asString().equals("half")
              && row.get("op").asString().equals("logits");
      double nmse = row.get("nmse").asDouble();
      assertTrue(wrong ? nmse > 0.2 : nmse < 1e-9, row.toString());
    }
    assertTrue(
        run.json()
            .get("ops")
            .valueStream()
            .anyMatch(row -> row.get("implementation").asString().equals("half")));
  }

  @Test
  void aCaseThatFailsIsNamedAndTheOthersAreMeasured() {
    ProgramRun run =
        ops("--op router,rope_kv,attn_out --type q8_0 --context 3 --implementation half");
    assertEquals(1, run.code(), run.err());
    assertEquals(
        List.of("attn_out"),
        run.json().get("ops").valueStream().map(row -> row.get("op").asString()).toList());
    Map<String, String> reasons =
        run.json()
            .get("failures")
            .valueStream()
            .collect(
                Collectors.toMap(
                    row -> row.get("op").asString(), row -> row.get("reason").asString()));
    assertEquals(Set.of("router", "rope_kv"), reasons.keySet());
    assertEquals("no registers left", reasons.get("router"));
    assertTrue(reasons.get("rope_kv").startsWith("it failed while it was timed"), run.out());
  }

  @Test
  void everyImplementationSaysWhatItsTimesAre() {
    JsonNode result = ops("--op embed --type q8_0").json();
    for (JsonNode implementation : result.get("implementations")) {
      assertTrue(implementation.get("timing").asString().length() > 5, implementation.toString());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --op fly              | there is no op "fly"
          --type q9_k           | there is no type "q9_k"
          --shape huge          | there is no shape "huge"
          --implementation abc  | there is no implementation "abc"
          """)
  void refusesUnknownNames(String arguments, String message) {
    ProgramRun run = ops(arguments);
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains(message), run.err());
  }
}
