package io.firesteel.ptx.kernel;

/** A template cannot be specialised; the message starts with file and line. */
public final class TemplateException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  TemplateException(String message) {
    super(message);
  }
}
