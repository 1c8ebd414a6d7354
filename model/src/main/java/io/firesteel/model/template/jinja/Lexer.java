package io.firesteel.model.template.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Cuts a template's source into tokens, with {@code trim_blocks} and {@code lstrip_blocks} on and
 * one newline at the end of the source dropped.
 */
final class Lexer {
  private static final List<String> OPERATORS =
      List.of(
          "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{",
          "}", ">", "<", "=", ".", ":", "|", ",", ";");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int line = 1;
  private boolean lineStarting = true;

  private Lexer(String source) {
    String unified = source.replace("\r\n", "\n").replace('\r', '\n');
    this.source = unified.endsWith("\n") ? unified.substring(0, unified.length() - 1) : unified;
  }

  static List<Token> tokens(String source) {
    Lexer lexer = new Lexer(source);
    lexer.readAll();
    return lexer.tokens;
  }

  private void readAll() {
    int tag = nextTag(position);
    while (tag >= 0) {
      readTag(tag);
      tag = nextTag(position);
    }
    addData(source.substring(position));
    advance(source.length());
    add(Token.Kind.END, "");
  }

  /** Where the next tag begins, or -1. */
  private int nextTag(int from) {
    int brace = source.indexOf('{', from);
    while (brace >= 0 && brace + 1 < source.length()) {
      char next = source.charAt(brace + 1);
      if (next == '{' || next == '%' || next == '#') {
        return brace;
      }
      brace = source.indexOf('{', brace + 1);
    }
    return -1;
  }

  private void readTag(int tag) {
    char kind = source.charAt(tag + 1);
    char sign = signAt(tag + 2);
    String data = source.substring(position, tag);
    addData(leftStripped(data, sign, kind == '{'));
    advance(tag);
    int begin = line;
    int rawBody = kind == '%' ? rawBody(tag) : -1;
    if (rawBody >= 0) {
      readRaw(rawBody, begin);
      return;
    }
    advance(tag + (sign == 0 ? 2 : 3));
    switch (kind) {
      case '#' -> readComment(begin);
      case '%' -> readCode(Token.Kind.BLOCK_BEGIN, Token.Kind.BLOCK_END, '%', begin);
      default -> readCode(Token.Kind.VARIABLE_BEGIN, Token.Kind.VARIABLE_END, '}', begin);
    }
  }

  private char signAt(int index) {
    char c = index < source.length() ? source.charAt(index) : 0;
    return c == '-' || c == '+' ? c : 0;
  }

  private String leftStripped(String data, char sign, boolean variable) {
    if (sign == '-') {
      return Strings.stripEnd(data);
    }
    if (sign == '+' || variable) {
      return data;
    }
    int lineStart = data.lastIndexOf('\n') + 1;
    boolean atLineStart = lineStart > 0 || lineStarting;
    return atLineStart && Strings.isSpace(data, lineStart, data.length())
        ? data.substring(0, lineStart)
        : data;
  }

  private void readComment(int begin) {
    int end = source.indexOf("#}", position);
    if (end < 0) {
      throw new TemplateException("a comment '{#' without its end '#}'", begin);
    }
    char sign = end > position ? signAt(end - 1) : 0;
    advance(afterTag(end, sign, true));
  }

  /** The position after a tag's two closing characters and the white space that goes with them. */
  private int afterTag(int end, char sign, boolean trimNewline) {
    int after = end + 2;
    if (sign == '-') {
      return skipSpace(after);
    }
    return trimNewline && sign != '+' && after < source.length() && source.charAt(after) == '\n'
        ? after + 1
        : after;
  }

  private int skipSpace(int from) {
    int i = from;
    while (i < source.length() && Strings.isSpace(source.charAt(i))) {
      i++;
    }
    return i;
  }

  /**
   * Where the text after a {@code {% raw %}} at a position begins; -1 where there is no such tag.
   */
  private int rawBody(int tag) {
    int i = wordEnd(tag, "raw");
    if (i < 0) {
      return -1;
    }
    if (source.startsWith("-%}", i)) {
      return skipSpace(i + 3);
    }
    return source.startsWith("%}", i) ? i + 2 : -1;
  }

  /**
   * The position after a tag's begin, its sign and a word, white space included; -1 where another
   * word is there.
   */
  private int wordEnd(int tag, String word) {
    int i = skipSpace(signAt(tag + 2) == 0 ? tag + 2 : tag + 3);
    return source.startsWith(word, i) ? skipSpace(i + word.length()) : -1;
  }

  private void readRaw(int body, int begin) {
    lineStarting = source.charAt(body - 1) == '\n';
    advance(body);
    lineStarting = source.charAt(body - 1) == '\n';
    for (int tag = source.indexOf("{%", body); tag >= 0; tag = source.indexOf("{%", tag + 2)) {
      int i = wordEnd(tag, "endraw");
      if (i < 0) {
        continue;
      }
      char sign = signAt(i);
      int end = sign == 0 ? i : i + 1;
      if (source.startsWith("%}", end)) {
        addData(leftStripped(source.substring(body, tag), signAt(tag + 2), false));
        advance(afterTag(end, sign, true));
        return;
      }
    }
    throw new TemplateException("a '{% raw %}' without its '{% endraw %}'", begin);
  }

  private void readCode(Token.Kind beginKind, Token.Kind endKind, char closing, int begin) {
    tokens.add(new Token(beginKind, "", begin));
    Deque<Character> open = new ArrayDeque<>();
    while (position < source.length()) {
      if (open.isEmpty()) {
        int end = codeEnd(closing);
        if (end >= 0) {
          add(endKind, "");
          advance(end);
          return;
        }
      }
      readCodeToken(open);
    }
    throw new TemplateException(
        "a " + tokens.get(indexOfLast(beginKind)).describe() + " that is not closed", begin);
  }

  private int indexOfLast(Token.Kind kind) {
    int i = tokens.size() - 1;
    while (tokens.get(i).kind() != kind) {
      i--;
    }
    return i;
  }

  /**
   * The position after the end of the tag where the current position is at that end, otherwise -1.
   */
  private int codeEnd(char closing) {
    boolean block = closing == '%';
    char sign = signAt(position);
    if (sign == '+' && !block) {
      return -1;
    }
    int end = sign == 0 ? position : position + 1;
    return source.startsWith(closing + "}", end) ? afterTag(end, sign, block) : -1;
  }

  private void readCodeToken(Deque<Character> open) {
    char c = source.charAt(position);
    if (Strings.isSpace(c)) {
      advance(skipSpace(position));
    } else if (c >= '0' && c <= '9') {
      readNumber();
    } else if (Character.isUnicodeIdentifierStart(source.codePointAt(position)) || c == '_') {
      readName();
    } else if (c == '\'' || c == '"') {
      readString(c);
    } else {
      readOperator(open);
    }
  }

  private void readName() {
    int i = position;
    while (i < source.length()) {
      int c = source.codePointAt(i);
      if (!Character.isUnicodeIdentifierPart(c) || Character.isIdentifierIgnorable(c)) {
        break;
      }
      i += Character.charCount(c);
    }
    add(Token.Kind.NAME, source.substring(position, i));
    advance(i);
  }

  private void readNumber() {
    int end = digits(position);
    boolean real = false;
    boolean afterDot = position > 0 && source.charAt(position - 1) == '.';
    if (!afterDot) {
      if (end < source.length() && source.charAt(end) == '.' && isDigit(end + 1)) {
        end = digits(end + 1);
        real = true;
      }
      int exponent = exponentEnd(end);
      real |= exponent > end;
      end = exponent;
    }
    if (!real) {
      end = integerEnd();
    }
    String text = source.substring(position, end).replace("_", "");
    add(real ? Token.Kind.FLOAT : Token.Kind.INTEGER, text);
    advance(end);
  }

  private int exponentEnd(int end) {
    if (end >= source.length() || Character.toLowerCase(source.charAt(end)) != 'e') {
      return end;
    }
    int digits = signAt(end + 1) == 0 ? end + 1 : end + 2;
    return isDigit(digits) ? digits(digits) : end;
  }

  private int integerEnd() {
    if (source.charAt(position) != '0') {
      return digits(position);
    }
    int radix =
        switch (position + 1 < source.length()
            ? Character.toLowerCase(source.charAt(position + 1))
            : 0) {
          case 'x' -> 16;
          case 'o' -> 8;
          case 'b' -> 2;
          default -> 10;
        };
    int i = radix == 10 ? position : position + 2;
    while (i < source.length()
        && (radix == 10
            ? source.charAt(i) == '0'
            : Character.digit(source.charAt(i), radix) >= 0)) {
      i++;
    }
    return radix != 10 && i == position + 2 ? position + 1 : i;
  }

  private boolean isDigit(int index) {
    return index < source.length() && source.charAt(index) >= '0' && source.charAt(index) <= '9';
  }

  /** The end of a run of digits, with single underscores between them. */
  private int digits(int from) {
    int i = from;
    while (isDigit(i)
        || i > from && i < source.length() && source.charAt(i) == '_' && isDigit(i + 1)) {
      i++;
    }
    return i;
  }

  private void readString(char quote) {
    int i = position + 1;
    while (i < source.length() && source.charAt(i) != quote) {
      i += source.charAt(i) == '\\' ? 2 : 1;
    }
    if (i >= source.length()) {
      throw new TemplateException("a string without its closing " + quote, line);
    }
    add(Token.Kind.STRING, Escapes.decode(source.substring(position + 1, i), line));
    advance(i + 1);
  }

  private void readOperator(Deque<Character> open) {
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, position)) {
        balance(operator, open);
        add(Token.Kind.OPERATOR, operator);
        advance(position + operator.length());
        return;
      }
    }
    throw new TemplateException(
        "unexpected character '" + Character.toString(source.codePointAt(position)) + "'", line);
  }

  private void balance(String operator, Deque<Character> open) {
    switch (operator) {
      case "(" -> open.push(')');
      case "[" -> open.push(']');
      case "{" -> open.push('}');
      case ")", "]", "}" -> {
        if (open.isEmpty() || open.pop() != operator.charAt(0)) {
          throw new TemplateException("unexpected '" + operator + "'", line);
        }
      }
      default -> {}
    }
  }

  private void addData(String data) {
    if (!data.isEmpty()) {
      add(Token.Kind.DATA, data);
    }
  }

  private void add(Token.Kind kind, String text) {
    tokens.add(new Token(kind, text, line));
  }

  private void advance(int end) {
    for (int i = position; i < end; i++) {
      if (source.charAt(i) == '\n') {
        line++;
      }
    }
    lineStarting = end > position ? source.charAt(end - 1) == '\n' : lineStarting;
    position = end;
  }
}
