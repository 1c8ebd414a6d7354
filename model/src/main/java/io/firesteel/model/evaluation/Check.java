package io.firesteel.model.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What makes an answer right. Thinking before {@code </think>} and blanks around do not count. */
public sealed interface Check {
  /** Whether an answer is right. */
  default boolean passes(String reply) {
    int thought = reply.lastIndexOf(END_OF_THOUGHT);
    String answer = thought < 0 ? reply : reply.substring(thought + END_OF_THOUGHT.length());
    return accepts(answer.strip());
  }

  /** Whether an answer is right once thinking and blanks around it are gone. */
  boolean accepts(String answer);

  /** Ends the part of a reply in which the model thinks. */
  String END_OF_THOUGHT = "</think>";

  /** The answer is this text. */
  record Exact(String text) implements Check {
    @Override
    public boolean accepts(String answer) {
      return answer.equals(text);
    }
  }

  /** The answer contains all these texts, in any case. */
  record Contains(List<String> texts) implements Check {
    @Override
    public boolean accepts(String answer) {
      String lower = answer.toLowerCase(Locale.ROOT);
      return texts.stream().allMatch(text -> lower.contains(text.toLowerCase(Locale.ROOT)));
    }
  }

  /** The answer contains all these texts as they stand: program code. */
  record ContainsCode(List<String> texts) implements Check {
    @Override
    public boolean accepts(String answer) {
      return texts.stream().allMatch(answer::contains);
    }
  }

  /** The last whole number in the answer is this one. */
  record LastNumber(String number) implements Check {
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");

    @Override
    public boolean accepts(String answer) {
      return INTEGER.matcher(answer).results().reduce((first, second) -> second).stream()
          .anyMatch(last -> last.group().equals(number));
    }
  }

  /** The answer is this JSON value, written in any way. */
  record Json(JsonNode value) implements Check {
    @Override
    public boolean accepts(String answer) {
      try {
        return JsonEquality.same(value, JsonMapper.shared().readTree(answer));
      } catch (JacksonException e) {
        return false;
      }
    }
  }

  /** The answer makes these tool calls in this order: JSON between {@code <tool_call>} lines. */
  record ToolCalls(JsonNode calls) implements Check {
    private static final Pattern CALL =
        Pattern.compile("<tool_call>\n(.*?)\n</tool_call>", Pattern.DOTALL);

    @Override
    public boolean accepts(String answer) {
      List<JsonNode> found = new ArrayList<>();
      Matcher matcher = CALL.matcher(answer);
      try {
        while (matcher.find()) {
          found.add(JsonMapper.shared().readTree(matcher.group(1)));
        }
      } catch (JacksonException e) {
        return false;
      }
      return JsonEquality.same(calls, JsonMapper.shared().createArrayNode().addAll(found));
    }
  }
}
