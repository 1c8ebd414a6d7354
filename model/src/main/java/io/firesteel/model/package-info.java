/**
 * A language model loaded once, and the conversations held with it. Begin with {@link
 * io.firesteel.model.Model}: {@link io.firesteel.model.Session} is a conversation in plain text or
 * tokens, {@link io.firesteel.model.Chat} one in messages and tool calls.
 */
package io.firesteel.model;
