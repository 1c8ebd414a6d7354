/** Serves a model to programs that speak OpenAI's or Anthropic's protocol, and to people. */
package io.firesteel.server;
