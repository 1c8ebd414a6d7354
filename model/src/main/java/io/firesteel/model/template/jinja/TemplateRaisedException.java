package io.firesteel.model.template.jinja;

/** A refusal that the template itself states with {@code raise_exception(message)}. */
public final class TemplateRaisedException extends TemplateException {
  TemplateRaisedException(String message, int line) {
    super(message, line);
  }

  /** The template's own message. */
  @Override
  public String problem() {
    return super.problem();
  }

  @Override
  TemplateException copyAt(int place) {
    return new TemplateRaisedException(problem(), place);
  }
}
