package io.firesteel.model.template;

/** A model file has no chat template, or none of the name asked for. */
public final class NoChatTemplateException extends RuntimeException {
  NoChatTemplateException(String message) {
    super(message);
  }
}
