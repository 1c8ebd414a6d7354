package io.firesteel.model.template.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * The language, case by case: {@code language.json} holds templates and what Jinja2 3.1.6 makes of
 * them.
 */
class LanguageTest {
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-01-31T12:00:00Z"), ZoneOffset.UTC);

  /** Templates over the same variables; a null text stands for an exception. */
  record Cases(Map<String, Object> variables, List<Case> cases) {}

  record Case(String source, String text) {}

  @TestFactory
  List<DynamicTest> rendersAsJinja2() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (InputStream file = LanguageTest.class.getResourceAsStream("language.json")) {
      Cases given = JsonMapper.shared().readValue(file, Cases.class);
      for (Case one : given.cases) {
        tests.add(dynamicTest("template " + one.source, () -> check(one, given.variables)));
      }
    }
    return tests;
  }

  private static void check(Case given, Map<String, Object> variables) {
    if (given.text == null) {
      var error =
          assertThrows(
              TemplateException.class,
              () -> Template.parse(given.source).render(variables, NOON, Limits.DEFAULT));
      assertTrue(error.line() > 0, "no line: " + error.getMessage());
    } else {
      assertEquals(
          given.text, Template.parse(given.source).render(variables, NOON, Limits.DEFAULT));
    }
  }

  static Stream<Arguments> errors() {
    return Stream.of(
        Arguments.of("\n\n{{ x.y }}", 3, "'x' is undefined"),
        Arguments.of("{{ 1 }}\n{{ 'a' + 1 }}", 2, "can only concatenate str (not 'int') to str"),
        Arguments.of(
            "\n{% for x in y %}\nb",
            2, "'for' is never closed: no '{% endfor %}' or '{% else %}' follows"),
        Arguments.of("{% endfor %}", 1, "'endfor' closes nothing that is open"),
        Arguments.of("{% nonsense %}", 1, "unknown tag 'nonsense'"),
        Arguments.of("{{ a b }}", 1, "expected '}}', found 'b'"),
        Arguments.of("{{ 'a }}", 1, "a string without its closing '"),
        Arguments.of("a\n{# b", 2, "a comment '{#' without its end '#}'"),
        Arguments.of("{{ 1|nope }}", 1, "there is no filter 'nope'"),
        Arguments.of("{% for a, b in [1] %}{% endfor %}", 1, "'int' object is not iterable"),
        Arguments.of(
            "{{ [1].append(2) }}",
            1,
            "list.append changes its list, which a chat template may not do; use a namespace or"
                + " '+'"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void errorsNameTheLineAndWhatIsWrong(String source, int line, String problem) {
    var error =
        assertThrows(TemplateException.class, () -> Template.parse(source).render(Map.of()));
    assertEquals(problem, error.problem());
    assertEquals(line, error.line());
    assertEquals("chat template, line " + line + ": " + problem, error.getMessage());
  }

  @Test
  void raisedExceptionsCarryTheTemplatesOwnMessage() {
    var raised =
        assertThrows(
            TemplateRaisedException.class,
            () -> Template.parse("\n{{ raise_exception('no ' ~ 1) }}").render(Map.of()));
    assertEquals("no 1", raised.problem());
    assertEquals(2, raised.line());
  }

  @Test
  void inputOfOtherTypesIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Template.parse("{{ x }}").render(Map.of("x", new Object())));
  }

  @Test
  void oneTemplateRendersFromManyThreads() throws Exception {
    Template template =
        Template.parse(
            "{% set ns = namespace(n=0) %}{% for i in range(x) %}{% set ns.n = ns.n + i %}{% endfor"
                + " %}{{ ns.n }}");
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Callable<String>> tasks = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int n = i;
        tasks.add(() -> template.render(Map.of("x", n)));
      }
      List<Future<String>> results = threads.invokeAll(tasks);
      for (int i = 0; i < results.size(); i++) {
        assertEquals(String.valueOf(i * (i - 1) / 2), results.get(i).get());
      }
    }
  }
}
