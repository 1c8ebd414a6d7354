/** Anthropic's protocol: {@code /v1/messages} and {@code /v1/messages/count_tokens}. */
package io.firesteel.server.anthropic;
