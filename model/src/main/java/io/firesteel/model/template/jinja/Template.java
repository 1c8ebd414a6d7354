package io.firesteel.model.template.jinja;

import java.time.Clock;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A parsed template. Immutable: one instance renders any number of times, from any number of
 * threads.
 *
 * <p>The language is that of Jinja2 3.1 with the settings of the transformers library; see <a
 * href="https://jinja.palletsprojects.com/en/stable/templates/">the template designer
 * documentation</a>. Other templates cannot be reached ({@code include}, {@code import}, {@code
 * extends}, {@code block}), and values cannot be changed other than through a {@code namespace}.
 */
public final class Template {
  private final List<Stmt> statements;

  private Template(List<Stmt> statements) {
    this.statements = statements;
  }

  /**
   * Parses a template.
   *
   * @throws TemplateException where the source is not well formed, with the line and what was
   *     expected
   */
  public static Template parse(String source) {
    try {
      return new Template(Parser.parse(source));
    } catch (StackOverflowError _) {
      throw new TemplateLimitException("nested too deeply for this thread's stack");
    }
  }

  /** Renders with {@link Limits#DEFAULT} and the system's clock. */
  public String render(Map<String, ?> variables) {
    return render(variables, Clock.system(ZoneId.systemDefault()), Limits.DEFAULT);
  }

  /**
   * Renders.
   *
   * @param variables by name; each null, a Boolean, a Number, a String, or a Collection or Map of
   *     such
   * @param clock what {@code strftime_now} reads
   * @throws TemplateRaisedException where the template calls {@code raise_exception}
   * @throws TemplateLimitException where the template needs more than the limits
   * @throws TemplateException where the template fails otherwise, with the line and the reason
   * @throws IllegalArgumentException where a variable holds any other type
   */
  public String render(Map<String, ?> variables, Clock clock, Limits limits) {
    Map<String, Value> values = new HashMap<>();
    variables.forEach((name, value) -> values.put(name, Values.of(value)));
    Interpreter interpreter = new Interpreter(limits, clock);
    try {
      return interpreter.render(statements, values);
    } catch (TemplateException e) {
      throw e.at(interpreter.line());
    } catch (StackOverflowError _) {
      throw new TemplateLimitException(
          "recursed too deeply for this thread's stack", interpreter.line());
    }
  }
}
