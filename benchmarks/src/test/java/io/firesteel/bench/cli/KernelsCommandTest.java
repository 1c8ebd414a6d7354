package io.firesteel.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code kernels} with both kernel modules, on a machine without TornadoVM. */
class KernelsCommandTest {
  @Test
  void eachOpIsListedWithItsJavaKernelsAndItsHandWrittenOne() {
    ProgramRun run = ProgramRun.of("kernels");
    assertEquals(0, run.code(), run.err());
    String attention =
        run.out()
            .lines()
            .filter(line -> line.startsWith("attention.f16"))
            .findFirst()
            .orElseThrow();
    assertTrue(attention.contains("java: SplitAttention.split, JoinSplits.join; ptx: attention_"));
  }

  @Test
  void bothFormsAreShownWithWhatIsKnownWithoutADevice() {
    assumeTrue(System.getenv("TORNADOVM_HOME") == null, "a TornadoVM is installed");
    ProgramRun run = ProgramRun.of("kernels", "--show", "attention");
    assertEquals(0, run.code(), run.err());
    List<String> headings = run.out().lines().filter(line -> line.startsWith("== ")).toList();
    assertEquals("== SplitAttention.java", headings.get(1));
    assertEquals("== JoinSplits.java", headings.get(2));
    assertTrue(
        headings.get(3).startsWith("== what TornadoVM makes of it is not shown: no TornadoVM is"),
        headings.get(3));
    assertTrue(
        headings.get(4).matches(".*\\d+ instructions, \\d+ virtual registers, \\d+ bytes of sha.*"),
        headings.get(4));
    assertTrue(headings.get(5).contains("its driver decides"), headings.get(5));
    assertTrue(run.out().contains("public static void split("));
    assertTrue(run.out().contains("shfl.sync"));
  }

  @Test
  void anUnknownOpIsRefusedWithThoseThereAre() {
    ProgramRun run = ProgramRun.of("kernels", "--show", "softmax");
    assertEquals(2, run.code());
    assertTrue(run.err().contains("--show softmax names no op"), run.err());
    assertTrue(run.err().contains("attention"), run.err());
  }
}
