/**
 * OpenAI's protocol: {@code /v1/chat/completions}, {@code /v1/completions}, {@code /v1/responses},
 * {@code /v1/models}.
 */
package io.firesteel.server.openai;
