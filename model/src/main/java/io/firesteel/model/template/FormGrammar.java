package io.firesteel.model.template;

import java.util.List;

/**
 * Answers that are held to a form: thoughts may stand only before it, and calls of tools only
 * instead of it. Whatever stands within the form, markers too, is text.
 */
final class FormGrammar implements AnswerParser.Grammar {
  private static final String THINK = "<think>";
  private static final String THINK_END = "</think>";

  private final String marker;
  private final AnswerParser.Grammar calls;
  private State state;

  private enum State {
    BEGINNING,
    REASONING,
    AFTER_REASONING,
    TEXT,
    CALLS
  }

  /**
   * A grammar at the beginning of an answer.
   *
   * @param thinking whether the prompt has opened a thought
   * @param marker what calls begin with; empty if there are none
   * @param calls takes them apart
   */
  FormGrammar(boolean thinking, String marker, AnswerParser.Grammar calls) {
    this.state = thinking ? State.REASONING : State.BEGINNING;
    this.marker = marker;
    this.calls = calls;
  }

  @Override
  public void read(StringBuilder pending, boolean last, List<AnswerPart> parts) {
    if (state == State.BEGINNING) {
      begin(pending, last);
    }
    if (state == State.REASONING) {
      readReasoning(pending, last, parts);
    }
    if (state == State.AFTER_REASONING) {
      String text = pending.toString().stripLeading();
      if (last || !text.isEmpty()) {
        AnswerParser.take(pending, pending.length() - text.length());
        state = bodyOf(text, last, State.AFTER_REASONING);
      }
    }
    if (state == State.TEXT && !pending.isEmpty()) {
      parts.add(new AnswerPart.Text(AnswerParser.take(pending, pending.length())));
    }
    if (state == State.CALLS) {
      calls.read(pending, last, parts);
    }
  }

  private void begin(StringBuilder pending, boolean last) {
    String text = pending.toString().stripLeading();
    if (text.startsWith(THINK)) {
      AnswerParser.take(pending, pending.indexOf(THINK) + THINK.length());
      state = State.REASONING;
    } else if (last || !THINK.startsWith(text)) {
      state = bodyOf(text, last, State.BEGINNING);
    }
  }

  /** What follows; the state as it is where that is not certain yet. */
  private State bodyOf(String text, boolean last, State undecided) {
    if (!marker.isEmpty() && text.startsWith(marker)) {
      return State.CALLS;
    }
    return !last && marker.startsWith(text) && !text.equals(marker) && !marker.isEmpty()
        ? undecided
        : State.TEXT;
  }

  private void readReasoning(StringBuilder pending, boolean last, List<AnswerPart> parts) {
    int end = pending.indexOf(THINK_END);
    int held = last || end >= 0 ? 0 : AnswerParser.heldBack(pending, List.of(THINK_END));
    String thought = AnswerParser.take(pending, end >= 0 ? end : pending.length() - held);
    if (!thought.isEmpty()) {
      parts.add(new AnswerPart.Reasoning(thought));
    }
    if (end >= 0) {
      AnswerParser.take(pending, THINK_END.length());
      state = State.AFTER_REASONING;
    }
  }
}
