package io.firesteel.model.template.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What Python's strings do that Java's do not, or do otherwise. */
final class Strings {
  /** Up to this length of the pattern, plain search is fast enough whatever the text. */
  private static final int SHORT_PATTERN = 32;

  private Strings() {}

  /** Python's {@code str.isspace} for one character; all such characters are in the basic plane. */
  static boolean isSpace(int c) {
    return c >= 9 && c <= 13
        || c >= 0x1c && c <= 0x20
        || c == 0x85
        || c == 0xa0
        || c > 0xff && (Character.isSpaceChar(c) && c != 0x200b);
  }

  /** Whether a part of a text has at least one character and nothing but white space. */
  static boolean isSpace(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      if (!isSpace(text.charAt(i))) {
        return false;
      }
    }
    return from < to;
  }

  static String strip(String text) {
    return stripStart(stripEnd(text));
  }

  static String stripStart(String text) {
    int i = 0;
    while (i < text.length() && isSpace(text.charAt(i))) {
      i++;
    }
    return text.substring(i);
  }

  static String stripEnd(String text) {
    int i = text.length();
    while (i > 0 && isSpace(text.charAt(i - 1))) {
      i--;
    }
    return text.substring(0, i);
  }

  static String stripStart(String text, String characters) {
    int i = 0;
    while (i < text.length() && characters.indexOf(text.codePointAt(i)) >= 0) {
      i += Character.charCount(text.codePointAt(i));
    }
    return text.substring(i);
  }

  static String stripEnd(String text, String characters) {
    int i = text.length();
    while (i > 0 && characters.indexOf(text.codePointBefore(i)) >= 0) {
      i -= Character.charCount(text.codePointBefore(i));
    }
    return text.substring(0, i);
  }

  /**
   * As {@link String#indexOf(String, int)}, in time proportional to the text whatever the pattern.
   */
  static int indexOf(String text, String pattern, int from) {
    if (pattern.length() <= SHORT_PATTERN) {
      return text.indexOf(pattern, from);
    }
    int[] fallback = fallback(pattern);
    int matched = 0;
    for (int i = from; i < text.length(); i++) {
      while (matched > 0 && text.charAt(i) != pattern.charAt(matched)) {
        matched = fallback[matched - 1];
      }
      matched += text.charAt(i) == pattern.charAt(matched) ? 1 : 0;
      if (matched == pattern.length()) {
        return i - matched + 1;
      }
    }
    return -1;
  }

  /**
   * The Knuth-Morris-Pratt table: for each prefix, the length of its longest proper prefix that is
   * also its suffix.
   */
  private static int[] fallback(String pattern) {
    int[] table = new int[pattern.length()];
    int length = 0;
    for (int i = 1; i < table.length; i++) {
      while (length > 0 && pattern.charAt(i) != pattern.charAt(length)) {
        length = table[length - 1];
      }
      length += pattern.charAt(i) == pattern.charAt(length) ? 1 : 0;
      table[i] = length;
    }
    return table;
  }

  static int lastIndexOf(String text, String pattern, int from) {
    if (pattern.length() <= SHORT_PATTERN) {
      return text.lastIndexOf(pattern, from);
    }
    int end = Math.min(text.length(), from + pattern.length());
    String reversed = new StringBuilder(text.substring(0, end)).reverse().toString();
    int found = indexOf(reversed, new StringBuilder(pattern).reverse().toString(), 0);
    return found < 0 ? -1 : end - found - pattern.length();
  }

  /**
   * Where a pattern that is not empty occurs without overlap, at most {@code limit} times; all
   * where it is negative.
   */
  static List<Integer> occurrences(String text, String pattern, long limit) {
    List<Integer> found = new ArrayList<>();
    int i = limit == 0 ? -1 : indexOf(text, pattern, 0);
    while (i >= 0) {
      found.add(i);
      i = limit >= 0 && found.size() >= limit ? -1 : indexOf(text, pattern, i + pattern.length());
    }
    return found;
  }

  static String replace(String text, String old, String with, long limit, Budget budget) {
    budget.pass(text.length());
    if (old.isEmpty()) {
      return interleave(text, with, limit, budget);
    }
    List<Integer> places = occurrences(text, old, limit);
    long length = text.length() + (long) places.size() * (with.length() - old.length());
    budget.characters(length);
    StringBuilder out = new StringBuilder((int) length);
    int from = 0;
    for (int place : places) {
      out.append(text, from, place).append(with);
      from = place + old.length();
    }
    return out.append(text, from, text.length()).toString();
  }

  /** Python's replacement of the empty string: before each character and at the end. */
  private static String interleave(String text, String with, long limit, Budget budget) {
    long gaps = text.codePointCount(0, text.length()) + 1L;
    long count = limit < 0 ? gaps : Math.min(gaps, limit);
    budget.characters(text.length() + count * with.length());
    StringBuilder out = new StringBuilder();
    int i = 0;
    for (long done = 0; done < count; done++) {
      out.append(with);
      if (i < text.length()) {
        out.appendCodePoint(text.codePointAt(i));
        i += Character.charCount(text.codePointAt(i));
      }
    }
    return out.append(text, i, text.length()).toString();
  }

  /** Python's {@code str.splitlines}. */
  static List<String> lines(String text, boolean keepEnds) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i++);
      if (isLineEnd(c)) {
        int end = i - 1;
        if (c == '\r' && i < text.length() && text.charAt(i) == '\n') {
          i++;
        }
        lines.add(text.substring(start, keepEnds ? i : end));
        start = i;
      }
    }
    if (start < text.length()) {
      lines.add(text.substring(start));
    }
    return lines;
  }

  private static boolean isLineEnd(char c) {
    return c >= 10 && c <= 13 || c >= 0x1c && c <= 0x1e || c == 0x85 || c == 0x2028 || c == 0x2029;
  }

  /**
   * Python's {@code str.split} at white space, at most {@code limit} times; all where it is
   * negative.
   */
  static List<String> words(String text, long limit) {
    List<String> words = new ArrayList<>();
    int i = skipSpace(text, 0);
    while (i < text.length()) {
      if (limit >= 0 && words.size() >= limit) {
        words.add(text.substring(i));
        return words;
      }
      int end = i;
      while (end < text.length() && !isSpace(text.charAt(end))) {
        end++;
      }
      words.add(text.substring(i, end));
      i = skipSpace(text, end);
    }
    return words;
  }

  private static int skipSpace(String text, int from) {
    int i = from;
    while (i < text.length() && isSpace(text.charAt(i))) {
      i++;
    }
    return i;
  }

  static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** First character in title case, the others in lower case. */
  static String capitalize(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.offsetByCodePoints(0, 1);
    return titleCase(text.codePointAt(0)) + lower(text.substring(first));
  }

  private static String titleCase(int c) {
    int title = Character.toTitleCase(c);
    return title == c ? capitalizedUpper(c) : Character.toString(title);
  }

  /** Of characters such as ß that become several in upper case, only the first stays upper. */
  private static String capitalizedUpper(int c) {
    String upper = upper(Character.toString(c));
    int first = upper.offsetByCodePoints(0, 1);
    return Character.getType(c) == Character.TITLECASE_LETTER
        ? Character.toString(c)
        : upper.substring(0, first) + lower(upper.substring(first));
  }

  /** Python's {@code str.title}: each run of letters with a capital first. */
  static String title(String text) {
    StringBuilder out = new StringBuilder(text.length());
    boolean inWord = false;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      out.append(inWord ? lower(Character.toString(c)) : titleCase(c));
      inWord = isCased(c);
    }
    return out.toString();
  }

  static boolean isCased(int c) {
    return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
  }

  static String escapeHtml(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&#34;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
    return out.toString();
  }
}
