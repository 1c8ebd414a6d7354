package io.firesteel.model.template.jinja;

/** A template that asked for more than {@link Limits} allows. */
public final class TemplateLimitException extends TemplateException {
  TemplateLimitException(String problem) {
    this(problem, 0);
  }

  TemplateLimitException(String problem, int line) {
    super(problem, line);
  }

  @Override
  TemplateException copyAt(int place) {
    return new TemplateLimitException(problem(), place);
  }
}
