package io.firesteel.model.template.jinja;

/** A template that cannot be parsed, or that failed while it rendered. */
public class TemplateException extends RuntimeException {
  private final String problem;
  private final int line;

  TemplateException(String problem) {
    this(problem, 0);
  }

  TemplateException(String problem, int line) {
    super(line > 0 ? "chat template, line " + line + ": " + problem : "chat template: " + problem);
    this.problem = problem;
    this.line = line;
  }

  /** What is wrong, without the place. */
  public String problem() {
    return problem;
  }

  /** The line of the template's source, counted from 1; 0 where it is not known. */
  public int line() {
    return line;
  }

  /** The same failure at a line; unchanged where the line is known already. */
  TemplateException at(int place) {
    return line > 0 ? this : copyAt(place);
  }

  TemplateException copyAt(int place) {
    TemplateException copy = new TemplateException(problem, place);
    copy.setStackTrace(getStackTrace());
    return copy;
  }
}
