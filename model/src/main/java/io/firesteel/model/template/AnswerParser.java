package io.firesteel.model.template;

import java.util.ArrayList;
import java.util.List;

/**
 * Takes a model's answer apart while it arrives: {@link #feed} pieces of text, in any cut, and
 * {@link #finish} at the end. The answer must be decoded with its special tokens, where the markers
 * are such.
 *
 * <p>Text comes back as soon as it cannot be the beginning of a marker any more, a tool call when
 * it is whole. What begins like a call and is none comes back as {@link AnswerPart.Malformed}, and
 * nothing is lost.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class AnswerParser {
  private final Grammar grammar;
  private final StringBuilder pending = new StringBuilder();

  /** What a format makes of the text that has arrived. */
  sealed interface Grammar permits TaggedGrammar, HarmonyGrammar, LlamaGrammar, FormGrammar {
    /**
     * Takes as much as possible off the front of the pending text.
     *
     * @param last whether no more text comes
     */
    void read(StringBuilder pending, boolean last, List<AnswerPart> parts);
  }

  private AnswerParser(Grammar grammar) {
    this.grammar = grammar;
  }

  /**
   * A parser for one answer.
   *
   * @param format the model's
   * @param prompt the text that the answer continues, as the template rendered it: where it ends
   *     inside {@code <think>}, the answer begins with reasoning
   * @param tools what was on offer: formats that write strings without quotes need the schemas
   */
  public static AnswerParser forAnswer(ToolCallFormat format, String prompt, List<Tool> tools) {
    if (format == ToolCallFormat.HARMONY) {
      return new AnswerParser(new HarmonyGrammar());
    }
    if (format == ToolCallFormat.LLAMA) {
      return new AnswerParser(new LlamaGrammar());
    }
    return new AnswerParser(new TaggedGrammar(format, opensThought(prompt), tools));
  }

  private static boolean opensThought(String prompt) {
    return prompt.lastIndexOf("<think>") > prompt.lastIndexOf("</think>")
        && prompt.stripTrailing().endsWith("<think>");
  }

  /**
   * A parser for an answer that is held to a form, such as JSON: thoughts stand only before it, and
   * calls of tools only instead of it; markers within it are text.
   *
   * @see #forAnswer
   */
  public static AnswerParser forForm(ToolCallFormat format, String prompt, List<Tool> tools) {
    if (tools.isEmpty() || format == ToolCallFormat.HARMONY) {
      return new AnswerParser(
          new FormGrammar(opensThought(prompt), "", new TaggedGrammar(format, false, tools)));
    }
    if (format == ToolCallFormat.LLAMA) {
      return new AnswerParser(new FormGrammar(opensThought(prompt), "{", new LlamaGrammar()));
    }
    TaggedGrammar calls = new TaggedGrammar(format, false, tools);
    return new AnswerParser(new FormGrammar(opensThought(prompt), calls.marker(), calls));
  }

  /** Takes a whole answer apart. */
  public static Answer parse(
      ToolCallFormat format, String prompt, List<Tool> tools, String answer) {
    AnswerParser parser = forAnswer(format, prompt, tools);
    List<AnswerPart> parts = new ArrayList<>(parser.feed(answer));
    parts.addAll(parser.finish());
    return Answer.of(parts);
  }

  /** Adds text, and returns what is certain by now. */
  public List<AnswerPart> feed(String text) {
    pending.append(text);
    return read(false);
  }

  /** Ends the answer, and returns what was held back. */
  public List<AnswerPart> finish() {
    return read(true);
  }

  private List<AnswerPart> read(boolean last) {
    List<AnswerPart> parts = new ArrayList<>();
    grammar.read(pending, last, parts);
    return parts;
  }

  /** How much of the end of a text may be the beginning of a marker. */
  static int heldBack(CharSequence text, List<String> markers) {
    int held = 0;
    for (String marker : markers) {
      for (int length = Math.min(marker.length() - 1, text.length()); length > held; length--) {
        if (marker.startsWith(text.subSequence(text.length() - length, text.length()).toString())) {
          held = length;
        }
      }
    }
    return held;
  }

  static String take(StringBuilder pending, int length) {
    String taken = pending.substring(0, length);
    pending.delete(0, length);
    return taken;
  }
}
