/**
 * Conversations to prompts and answers back to messages.
 *
 * <p>{@link io.firesteel.model.template.ChatTemplates} finds a model file's templates, {@link
 * io.firesteel.model.template.ChatTemplate} turns a {@link io.firesteel.model.template.ChatRequest}
 * into the text that the model was trained on, and {@link io.firesteel.model.template.AnswerParser}
 * takes a model's answer apart into content, reasoning and tool calls. The template language is in
 * {@code jinja}.
 */
package io.firesteel.model.template;
