/**
 * Conversations to prompts.
 *
 * <p>{@link io.firesteel.model.template.ChatTemplates} finds a model file's templates, and {@link
 * io.firesteel.model.template.ChatTemplate} turns a {@link io.firesteel.model.template.ChatRequest}
 * into the text that the model was trained on. The template language is in {@code jinja}.
 */
package io.firesteel.model.template;
