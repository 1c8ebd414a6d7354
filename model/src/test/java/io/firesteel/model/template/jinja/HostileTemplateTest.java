package io.firesteel.model.template.jinja;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates that ask for too much end in an exception, soon and without much memory. */
class HostileTemplateTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  /** A tenth of the default, so that the tests take a tenth of the time. */
  private static final Limits LIMITS =
      new Limits(Limits.DEFAULT.steps() / 10, Limits.DEFAULT.characters() / 10, 1000);

  private static void render(String source) {
    Template.parse(source).render(Map.of(), Clock.systemUTC(), LIMITS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ 'a' * 10**9 }}",
        "{{ 'a' * 10**30 }}",
        "{{ [0] * 10**9 }}",
        "{{ ([0] * 10**4) * 10**6 }}",
        "{{ 9**9**9**9**9 }}",
        "{% set ns = namespace(x=3) %}{% for i in range(100) %}{% set ns.x = ns.x * ns.x %}{%"
            + " endfor %}",
        "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{%"
            + " endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{%"
            + " endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{%"
            + " endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99999) %}{% set ns.x = [ns.x] %}{% endfor"
            + " %}{{ ns.x }}",
        "{% set ns = namespace(x={}) %}{% for i in range(99) %}{% set ns.x = {'a': ns.x, 'b': ns.x}"
            + " %}{% endfor %}{{ ns.x == ns.x }}",
        "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor"
            + " %}{% endfor %}{% endfor %}",
        "{{ range(10**12) }}",
        "{% for i in range(10**12) %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}x{{ a() ~ a() }}{% endmacro %}{{ a()"
            + " }}",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60)"
            + " }}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% macro m() %}{{ caller() }}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}"
            + "{% call m() %}{% endcall %}",
        "{{ 'x'.center(10**9) }}",
        "{{ 'x'.zfill(10**18) }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '%.1000000000f' % 1.5 }}",
        "{{ '{:1000000000}'.format(1) }}",
        "{{ '{:.999999999f}'.format(1.5) }}",
        "{{ 'x'|indent(10**9, first=true) }}",
        "{{ [[]]|tojson(indent=10**9) }}",
        "{{ [1, [2, [3]]]|tojson(indent='a' * 10**7)|length }}{{ 'b' * 10**8 }}",
        "{% set a = 'a' * 10**6 %}{{ a.replace('', a) }}",
        "{% set a = 'a' * 10**6 %}{{ a|replace('a', a) }}",
        "{{ ('a' * 10**5).join('b' * 10**5) }}",
        "{% set a = 'a' * 10**6 %}{% for i in range(9999) %}{{ a }}{% endfor %}",
        "{% set ns = namespace(l=[]) %}{% set a = 'a' * 10**6 %}{% for i in range(9999) %}"
            + "{% set ns.l = ns.l + [a ~ i] %}{% endfor %}",
        "{{ range(10)|batch(10**9, 'x')|list }}",
        "{{ range(10)|slice(10**9)|list }}",
        "{{ [1]|map('round', 10**9)|list }}",
        "{% set a = 'a' * 10**7 %}{% set b = 'a' * 10**6 ~ 'b' %}{% for i in range(9999) %}"
            + "{% if b in a %}{% endif %}{% endfor %}",
        "{% set l = range(90000)|list %}{% for i in l %}{% if l == l[:] %}{% endif %}{% endfor %}",
        "{% set l = range(90000)|list %}{% for i in l %}{% set x = l|sort|unique|list %}{% endfor"
            + " %}",
        "{{ strftime_now('%c' * 10**7) }}",
        "{% for i in range(99999) %}{{ strftime_now('%c' * 10**4) }}{% endfor %}",
      })
  void askingForTooMuchEndsInAnException(String source) {
    assertTimeoutPreemptively(
        SOON, () -> assertThrows(TemplateLimitException.class, () -> render(source)));
  }

  static List<String> deeplyNested() {
    List<String> sources = new ArrayList<>();
    for (String[] pair :
        new String[][] {
          {"(", ")"},
          {"[", "]"},
          {"{1:", "}"},
          {"not ", ""},
          {"-", ""},
          {"x[", "]"},
          {"f(", ")"},
          {"1 if 1 else ", ""}
        }) {
      sources.add("{{ " + pair[0].repeat(50_000) + "1" + pair[1].repeat(50_000) + " }}");
    }
    sources.add("{% if 1 %}".repeat(50_000) + "{% endif %}".repeat(50_000));
    sources.add("{% set " + "(".repeat(50_000) + "x" + ")".repeat(50_000) + " = 1 %}");
    sources.add("{{ 1" + " + 1".repeat(50_000) + " }}");
    sources.add("{{ x" + "|e".repeat(50_000) + " }}");
    sources.add("{{ x" + ".a".repeat(50_000) + " }}");
    return sources;
  }

  @ParameterizedTest
  @MethodSource("deeplyNested")
  void deepNestingEndsInAnException(String source) {
    assertTimeoutPreemptively(
        SOON, () -> assertThrows(TemplateException.class, () -> render(source)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ ''.__class__.__mro__ }}",
        "{{ messages.__class__() }}",
        "{{ messages.getClass() }}",
        "{{ messages.append(1) }}",
        "{{ range.__globals__.os }}",
        "{{ joiner.__init__.__globals__.x }}",
        "{% include '/etc/passwd' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
      })
  void nothingOutsideTheTemplateCanBeReached(String source) {
    Map<String, Object> input = Map.of("messages", List.of("x"));
    assertThrows(TemplateException.class, () -> Template.parse(source).render(input));
  }
}
