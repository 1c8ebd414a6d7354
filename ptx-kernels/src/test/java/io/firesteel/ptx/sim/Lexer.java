package io.firesteel.ptx.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits PTX into tokens. */
final class Lexer {
  /** A token and the line it stands in, from 1. */
  record Token(String text, int line) {
    boolean is(String other) {
      return text.equals(other);
    }

    boolean isNumber() {
      return Character.isDigit(text.charAt(0));
    }

    boolean isName() {
      char c = text.charAt(0);
      return Character.isLetter(c) || "%_$.".indexOf(c) >= 0;
    }
  }

  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<skip>\\s+|//[^\\n]*|/\\*(?s:.*?)\\*/)"
              + "|(?<token>\"[^\"]*\""
              + "|0[fFdD][0-9a-fA-F]+|0[xX][0-9a-fA-F]+U?|\\d+\\.\\d*(?:[eE][+-]?\\d+)?|\\d+U?"
              + "|[%A-Za-z_$.](?:[\\w$%.]|::)*"
              + "|<<|>>|[-+*/%&|^~!@,;:(){}\\[\\]<>=])");

  private Lexer() {}

  static List<Token> tokens(String text) {
    List<Token> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(text);
    int line = 1;
    int at = 0;
    while (at < text.length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        throw new SimFault("line " + line + ": unexpected '" + text.charAt(at) + "'");
      }
      if (matcher.group("token") != null) {
        tokens.add(new Token(matcher.group("token"), line));
      }
      line += (int) matcher.group().chars().filter(c -> c == '\n').count();
      at = matcher.end();
    }
    return tokens;
  }
}
