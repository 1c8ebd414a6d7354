package io.firesteel.ptx.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecialiserTest {
  private static final String HEAD =
      """
      .kernel k
      .const N = 4
      .arg ptr x
      .arg u32 rows
      .block 32
      .grid rows, ceildiv(N, 2)
      .limit registers 64
      """;

  private static Kernel specialise(String text, KernelSpec spec) {
    return new Specialiser(Map.of("k.ptx", text)::get).specialise(spec, Target.SM_90);
  }

  private static String body(String code) {
    String text = specialise(HEAD + ".code\n" + code, KernelSpec.of("k")).code();
    String afterLoads = text.substring(text.indexOf("[p_rows];\n") + "[p_rows];\n".length());
    return afterLoads.substring(0, afterLoads.length() - 2);
  }

  private static String failure(String text) {
    return assertThrows(TemplateException.class, () -> specialise(text, KernelSpec.of("k")))
        .getMessage();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "1 + 2 * 3; 7",
        "(1 + 2) * 3; 9",
        "7 / 2 % 2; 1",
        "1 << 4 >> 1; 8",
        "N == 4 && !(N > 4); 1",
        "N < 4 || N >= 5; 0",
        "N ? 10 : 20; 10",
        "ceildiv(N, 3); 2",
        "max(1, min(N, 9)); 4",
        "log2(N * 2); 3",
        "0x10 | 1; 17",
        "-N + ~0; -5",
        "6 & 3 ^ 1; 3"
      })
  void expressionsFollowJava(String expression, long value) {
    assertEquals(value + "\n", body("${" + expression + "}"));
  }

  @Test
  void floatsArePrintedFromTheirBits() {
    KernelSpec spec = KernelSpec.of("k").with("EPS", 1e-6f);
    String text = HEAD + ".const EPS\n.code\nmov.f32 %e, ${EPS:f32};\n";
    assertTrue(specialise(text, spec).code().contains("mov.f32 %e, 0f358637BD;"));
  }

  @Test
  void loopsAndConditionsExpand() {
    assertEquals(
        "even %r0;\nodd %r1;\neven %r2;\n",
        body(".for i in 0..3\n.if i % 2 == 0\neven %r${i};\n.else\nodd %r${i};\n.end\n.end\n"));
  }

  @Test
  void macrosBindByNamePositionAndDefault() {
    assertEquals(
        "add %a, {%b, %c}, 3;\nadd %a, %d, 4;\n",
        body(
            """
            .macro plus(to, x, n = N - 1)
            add ${to}, ${x}, ${n + 0};
            .end
            plus(%a, {%b, %c})
            plus(x = %d,
              to = %a, n = 4)
            """));
  }

  @Test
  void namesWithAtSignDifferBetweenExpansions() {
    assertEquals(
        "loop_1_: @%p bra loop_1_;\nloop_2_: @%p bra loop_2_;\n",
        body(".macro wait()\nloop@: @%p bra loop@;\n.end\nwait()\nwait()\n"));
  }

  @Test
  void headBecomesTheContract() {
    Kernel kernel = specialise(HEAD + ".code\nret;\n", KernelSpec.of("k").with("N", 7));
    assertEquals(
        List.of(new Parameter("x", Parameter.Kind.PTR), new Parameter("rows", Parameter.Kind.U32)),
        kernel.parameters());
    Launch launch = kernel.launch(Map.of("x", 4096L, "rows", 5L));
    assertEquals(List.of(4096L, 5L), launch.arguments());
    assertEquals(List.of(5, 4, 1), List.of(launch.gridX(), launch.gridY(), launch.gridZ()));
    assertTrue(kernel.ptx().startsWith(".version 7.8\n.target sm_90\n"));
  }

  @Test
  void tornadoVariantHasNoHeaderAndSkipsTheArrayHeader() {
    Kernel kernel =
        new Specialiser(Map.of("k.ptx", HEAD + ".code\nret;\n")::get)
            .specialiseForTornado(KernelSpec.of("k"), Target.SM_90, "graph_task_k");
    assertTrue(
        kernel.code().startsWith(".visible .entry graph_task_k(\n  .param .u64 kernel_context,\n"));
    assertTrue(kernel.code().contains("add.u64 %x, %x, 16;"));
    assertFalse(kernel.code().contains(".version"));
  }

  @Test
  void errorsNameFileAndLine() {
    assertEquals(
        "k.ptx:2: there is no macro 'twice'", firstLine(failure(".kernel k\ntwice(%a)\n")));
    assertTrue(failure(HEAD + ".code\n.if 1\nret;\n").startsWith("k.ptx:9: .if without .end"));
    assertTrue(failure(HEAD + ".code\nadd ${M};\n").startsWith("k.ptx:9: unknown name 'M'"));
    assertTrue(failure(HEAD + ".check N == 5, N is ${N}\n").startsWith("k.ptx:8: N is 4"));
    assertTrue(failure(".kernel k\n.const M\n").startsWith("k.ptx:2: constant M is not given"));
    assertTrue(
        failure(HEAD + ".code\n.macro bad()\nadd ${M};\n.end\nbad()\n")
            .contains("in bad called at k.ptx:12"));
  }

  @Test
  void constantsThatTheTemplateDoesNotKnowAreRefused() {
    KernelSpec spec = KernelSpec.of("k").with("M", 1);
    TemplateException e =
        assertThrows(TemplateException.class, () -> specialise(HEAD + ".code\nret;\n", spec));
    assertTrue(e.getMessage().contains("no constant M"));
  }

  @Test
  void launchRefusesMissingAndUnknownArguments() {
    Kernel kernel = specialise(HEAD + ".code\nret;\n", KernelSpec.of("k"));
    assertThrows(IllegalArgumentException.class, () -> kernel.launch(Map.of("x", 1L)));
    assertThrows(
        IllegalArgumentException.class, () -> kernel.launch(Map.of("x", 1L, "rows", 1L, "y", 1L)));
    assertThrows(IllegalArgumentException.class, () -> kernel.launch(Map.of("x", 1L, "rows", 0L)));
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElseThrow();
  }
}
