package io.firesteel.model;

import io.firesteel.model.grammar.Grammar;
import io.firesteel.model.template.Answer;
import io.firesteel.model.template.AnswerParser;
import io.firesteel.model.template.AnswerPart;
import io.firesteel.model.template.Message;
import io.firesteel.model.tokenizer.Tokenizer;
import io.firesteel.model.tool.JsonSchemas;
import io.firesteel.model.tool.Toolbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A conversation in messages, written down for the model by its own chat template.
 *
 * <pre>{@code
 * try (Model model = Model.embedded();
 *     Chat chat = model.chat()) {
 *   for (Piece piece : chat.ask("What is 345 + 87?")) {
 *     System.out.print(piece.text());
 *   }
 * }
 * }</pre>
 *
 * <p>Each time the whole conversation is rendered, but only what differs from the time before is
 * computed. Control tokens in a message's text count as such, as the template puts everything into
 * one text: do not pass on text of people who must not speak for others.
 *
 * <p>Belongs to one thread, except {@link #cancel} and {@link #close}.
 */
public final class Chat implements AutoCloseable {
  private static final int MOST_ROUNDS = 16;

  private final Session session;
  private final ChatOptions options;
  private final List<Message> messages = new ArrayList<>();
  private Generation current;
  private AnswerForm form;

  Chat(Session session, ChatOptions options) {
    this.session = session;
    this.options = options;
  }

  /** Adds a message, such as instructions, or the result of a tool call. */
  public Chat add(Message message) {
    finishAnswer();
    messages.add(message);
    return this;
  }

  /** Adds a system message. */
  public Chat system(String instructions) {
    return add(Message.system(instructions));
  }

  /**
   * Says something to the model. The answer becomes a message when it ends, or when the
   * conversation goes on.
   *
   * @return the answer, generated as it is iterated
   * @see #respond
   */
  public Generation ask(String text) {
    add(Message.user(text));
    try {
      return respond();
    } catch (RuntimeException e) {
      messages.removeLast();
      throw e;
    }
  }

  /**
   * Lets the model answer what was said last, such as the results of its tool calls.
   *
   * @return the answer, generated as it is iterated
   * @throws io.firesteel.model.template.NoChatTemplateException if the model's file has no chat
   *     template
   * @throws io.firesteel.model.template.jinja.TemplateException if the template refuses the
   *     conversation
   * @throws ContextFullException if the conversation is longer than the context
   * @throws io.firesteel.model.kv.KvCacheFullException if the cache has no room for it
   */
  public Generation respond() {
    finishAnswer();
    return respond(AnswerForm.of(session.model(), messages, options));
  }

  /** Says something to the model that {@link #respond} or {@link #as} will answer. */
  public Chat user(String text) {
    return add(Message.user(text));
  }

  /**
   * Lets the model answer what was said last as a Java object, in JSON of the type's schema. The
   * answer is part of the conversation.
   *
   * @param type a record, as {@link JsonSchemas} describes
   * @throws IllegalArgumentException if the type has no schema, or {@link
   *     GenerationOptions#maxTokens} is too small for any answer
   * @throws CancellationException if it was cancelled or its deadline passed
   */
  public <T> T as(Class<T> type) {
    finishAnswer();
    Grammar grammar = session.model().answerGrammars().ofType(type);
    FinishReason reason =
        respond(AnswerForm.of(session.model(), messages, options, grammar)).complete().reason();
    if (reason == FinishReason.CANCELLED || reason == FinishReason.DEADLINE) {
      throw new CancellationException("the answer ended before it was complete: " + reason);
    }
    return JsonMapper.shared().readValue(lastAnswer().orElseThrow().text(), type);
  }

  /**
   * Asks a question and runs the tools that the model calls, until it answers in words. The calls
   * of one answer run at the same time.
   *
   * @param tools those of {@link ChatOptions#tools}
   * @return the answer
   * @throws IllegalStateException if the model still calls tools after 16 rounds
   */
  public Message run(String question, Toolbox tools) {
    ask(question).complete();
    for (int round = 0; round < MOST_ROUNDS; round++) {
      Message answer = lastAnswer().orElseThrow();
      if (answer.toolCalls().isEmpty()) {
        return answer;
      }
      tools.run(answer.toolCalls()).forEach(this::add);
      respond().complete();
    }
    throw new IllegalStateException(
        "the model still calls tools after " + MOST_ROUNDS + " rounds: " + lastAnswer());
  }

  private Generation respond(AnswerForm asked) {
    form = asked;
    feed(session.model().conversationTokens(form.prompt()));
    current = session.generate(form.generation(), this::finish);
    return current;
  }

  /** Makes the session hold these tokens, keeping what it has in common with them. */
  private void feed(int[] tokens) {
    int common = commonPrefix(session.tokens(), tokens);
    session.rewind(common);
    int[] rest = new int[tokens.length - common];
    System.arraycopy(tokens, common, rest, 0, rest.length);
    session.prompt(rest);
  }

  private static int commonPrefix(int[] a, int[] b) {
    int common = 0;
    while (common < a.length && common < b.length && a[common] == b[common]) {
      common++;
    }
    return common;
  }

  /** Turns an answer that was left before its end into a message. */
  private void finishAnswer() {
    if (current != null) {
      finish(current);
    }
  }

  private void finish(Generation answer) {
    current = null;
    if (!answer.pieces().isEmpty()) {
      AnswerParser parser = form.parser();
      List<AnswerPart> parts = new ArrayList<>(parser.feed(fullText(answer)));
      parts.addAll(parser.finish());
      messages.add(Answer.of(parts).toMessage());
    }
  }

  // Some models write tool calls with control tokens, which the streamed text does not show.
  private String fullText(Generation answer) {
    boolean ended =
        answer.finishReason().map(reason -> reason != FinishReason.STOP_STRING).orElse(true);
    if (!form.needsControlTokens() || !ended) {
      return answer.text();
    }
    Tokenizer tokenizer = session.model().tokenizer();
    int[] tokens =
        answer.pieces().stream()
            .mapToInt(Piece::token)
            .filter(token -> !tokenizer.isEndOfGeneration(token))
            .toArray();
    return tokenizer.decode(tokens, false, true);
  }

  /** The messages so far; an answer is among them once it has ended. */
  public List<Message> messages() {
    return List.copyOf(messages);
  }

  /** What the model said last, taken apart; empty if another spoke last. */
  public Optional<Message> lastAnswer() {
    return messages.isEmpty() || !messages.getLast().role().equals("assistant")
        ? Optional.empty()
        : Optional.of(messages.getLast());
  }

  /** The session behind this conversation; its tokens may be read, saved and forked. */
  public Session session() {
    return session;
  }

  /** Ends the answer under way soon; may be called on any thread. */
  public void cancel() {
    session.cancel();
  }

  /** Closes the session. */
  @Override
  public void close() {
    session.close();
  }
}
