package io.firesteel.bench.suite;

import java.text.BreakIterator;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One of IFEval's instructions whose following can be checked.
 *
 * @param id its published name
 * @param values its parameters by their published names
 */
record Instruction(String id, JsonNode values) {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]+(?:[-/.][\\p{L}\\p{N}_]+)*");

  private static final Set<String> KNOWN =
      Set.of(
          "keywords:existence",
          "keywords:frequency",
          "keywords:forbidden_words",
          "keywords:letter_frequency",
          "length_constraints:number_sentences",
          "length_constraints:number_paragraphs",
          "length_constraints:number_words",
          "length_constraints:nth_paragraph_first_word",
          "detectable_content:number_placeholders",
          "detectable_content:postscript",
          "detectable_format:number_bullet_lists",
          "detectable_format:constrained_response",
          "detectable_format:number_highlighted_sections",
          "detectable_format:multiple_sections",
          "detectable_format:json_format",
          "detectable_format:title",
          "combination:two_responses",
          "combination:repeat_prompt",
          "startend:end_checker",
          "startend:quotation",
          "change_case:capital_word_frequency",
          "change_case:english_capital",
          "change_case:english_lowercase",
          "punctuation:no_comma");

  static boolean isKnown(String id) {
    return KNOWN.contains(id);
  }

  /** Whether a reply, which must not be blank, follows it. */
  boolean isFollowed(String reply) {
    return !reply.isBlank() && follows(reply);
  }

  private boolean follows(String reply) {
    return switch (id) {
      case "keywords:existence" -> texts("keywords").allMatch(word -> count(reply, word) > 0);
      case "keywords:frequency" -> compares(count(reply, text("keyword")), "relation", "frequency");
      case "keywords:forbidden_words" ->
          texts("forbidden_words").allMatch(word -> count(reply, "\\b" + word + "\\b") == 0);
      case "keywords:letter_frequency" -> compares(letters(reply), "let_relation", "let_frequency");
      case "length_constraints:number_sentences" ->
          compares(sentences(reply), "relation", "num_sentences");
      case "length_constraints:number_paragraphs" ->
          paragraphs(reply, "\\s?\\*\\*\\*\\s?") == number("num_paragraphs");
      case "length_constraints:number_words" ->
          compares(count(reply, "\\w+"), "relation", "num_words");
      case "length_constraints:nth_paragraph_first_word" -> firstWord(reply);
      case "detectable_content:number_placeholders" ->
          count(reply, "\\[.*?\\]") >= number("num_placeholders");
      case "detectable_content:postscript" -> postscript(reply);
      case "detectable_format:number_bullet_lists" ->
          count(reply, "(?m)^\\s*\\*[^*].*$") + count(reply, "(?m)^\\s*-.*$")
              == number("num_bullets");
      case "detectable_format:constrained_response" ->
          Stream.of("My answer is yes.", "My answer is no.", "My answer is maybe.")
              .anyMatch(reply.strip()::contains);
      case "detectable_format:number_highlighted_sections" ->
          highlights(reply) >= number("num_highlights");
      case "detectable_format:multiple_sections" ->
          reply.split("\\s?" + text("section_spliter") + "\\s?\\d+\\s?", -1).length - 1
              >= number("num_sections");
      case "detectable_format:json_format" -> isJson(reply);
      case "detectable_format:title" ->
          Pattern.compile("<<([^\\n]+)>>")
              .matcher(reply)
              .results()
              .anyMatch(m -> !m.group(1).replaceAll("^<+|>+$", "").isBlank());
      case "combination:two_responses" -> twoResponses(reply);
      case "combination:repeat_prompt" ->
          reply
              .strip()
              .toLowerCase(Locale.ROOT)
              .startsWith(text("prompt_to_repeat").strip().toLowerCase(Locale.ROOT));
      case "startend:end_checker" ->
          reply
              .strip()
              .replaceAll("^\"+|\"+$", "")
              .toLowerCase(Locale.ROOT)
              .endsWith(text("end_phrase").strip().toLowerCase(Locale.ROOT));
      case "startend:quotation" ->
          reply.strip().length() > 1
              && reply.strip().startsWith("\"")
              && reply.strip().endsWith("\"");
      case "change_case:capital_word_frequency" ->
          compares(
              (int) words(reply).filter(Instruction::isCapital).count(),
              "capital_relation",
              "capital_frequency");
      case "change_case:english_capital" -> isCapital(reply);
      case "change_case:english_lowercase" ->
          reply.equals(reply.toLowerCase(Locale.ROOT)) && count(reply, "\\p{Ll}") > 0;
      case "punctuation:no_comma" -> !reply.contains(",");
      default -> throw new IllegalArgumentException("instruction " + id + " is unknown");
    };
  }

  private String text(String name) {
    return values.path(name).asString("");
  }

  private Stream<String> texts(String name) {
    return values.path(name).valueStream().map(JsonNode::asString);
  }

  private int number(String name) {
    return values.path(name).asInt(0);
  }

  private boolean compares(int found, String relation, String name) {
    return text(relation).equals("less than") ? found < number(name) : found >= number(name);
  }

  /** Matches of a pattern in any case, as the published scorer takes keywords. */
  private static int count(String text, String pattern) {
    return (int)
        Pattern.compile(pattern, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CHARACTER_CLASS)
            .matcher(text)
            .results()
            .count();
  }

  private int letters(String reply) {
    String letter = text("letter").toLowerCase(Locale.ROOT);
    return (int)
        reply
            .toLowerCase(Locale.ROOT)
            .codePoints()
            .filter(c -> Character.toString(c).equals(letter))
            .count();
  }

  private static int sentences(String reply) {
    BreakIterator sentences = BreakIterator.getSentenceInstance(Locale.ENGLISH);
    sentences.setText(reply.strip());
    int count = 0;
    while (sentences.next() != BreakIterator.DONE) {
      count++;
    }
    return count;
  }

  /** Paragraphs that are not blank; -1 if there is a blank one between others. */
  private static int paragraphs(String reply, String separator) {
    List<String> parts = Arrays.asList(reply.split(separator, -1));
    int count = 0;
    for (int i = 0; i < parts.size(); i++) {
      boolean outer = i == 0 || i == parts.size() - 1;
      if (parts.get(i).isBlank() && !outer) {
        return -1;
      }
      count += parts.get(i).isBlank() ? 0 : 1;
    }
    return count;
  }

  /** As published, blank paragraphs do not count, but are counted over on the way to the n-th. */
  private boolean firstWord(String reply) {
    String[] all = reply.split("\\n\\n", -1);
    long filled = Arrays.stream(all).filter(part -> !part.isBlank()).count();
    int nth = number("nth_paragraph");
    if (filled != number("num_paragraphs") || nth < 1 || nth > filled || all[nth - 1].isBlank()) {
      return false;
    }
    String word = all[nth - 1].strip().split("\\s+", 2)[0];
    return word.replaceFirst("^'*\"*", "")
        .replaceFirst("[.,?!'\"].*", "")
        .toLowerCase(Locale.ROOT)
        .equals(text("first_word").toLowerCase(Locale.ROOT));
  }

  private boolean postscript(String reply) {
    String marker = text("postscript_marker");
    String pattern =
        switch (marker) {
          case "P.P.S" -> "\\s*p\\.\\s?p\\.\\s?s.*$";
          case "P.S." -> "\\s*p\\.\\s?s\\..*$";
          default -> "\\s*" + Pattern.quote(marker.toLowerCase(Locale.ROOT)) + ".*$";
        };
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(reply.toLowerCase(Locale.ROOT))
        .find();
  }

  private static long highlights(String reply) {
    Stream<String> single =
        Pattern.compile("\\*[^\\n*]*\\*").matcher(reply).results().map(m -> m.group());
    Stream<String> twice =
        Pattern.compile("\\*\\*[^\\n*]*\\*\\*").matcher(reply).results().map(m -> m.group());
    return Stream.concat(single, twice).filter(mark -> !mark.replace("*", "").isBlank()).count();
  }

  private static boolean isJson(String reply) {
    String body = reply.strip().replaceFirst("^```(?i:json)?", "").replaceFirst("```$", "").strip();
    try {
      return !JsonMapper.shared().readTree(body).isMissingNode();
    } catch (JacksonException e) {
      return false;
    }
  }

  private static boolean twoResponses(String reply) {
    List<String> parts = Arrays.stream(reply.split("\\*{6}", -1)).map(String::strip).toList();
    List<String> filled = parts.stream().filter(part -> !part.isEmpty()).toList();
    boolean gap = parts.size() > 2 && parts.subList(1, parts.size() - 1).contains("");
    return !gap && filled.size() == 2 && !filled.get(0).equals(filled.get(1));
  }

  /** Hyphens, slashes and full stops between letters are parts of a word. */
  private static Stream<String> words(String reply) {
    return WORD.matcher(reply).results().map(MatchResult::group);
  }

  private static boolean isCapital(String text) {
    return text.equals(text.toUpperCase(Locale.ROOT))
        && text.codePoints().anyMatch(Character::isUpperCase);
  }
}
