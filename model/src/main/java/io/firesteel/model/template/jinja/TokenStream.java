package io.firesteel.model.template.jinja;

import java.util.List;

/**
 * The tokens of a template, read one after the other; also counts how deep the parser is nested.
 */
final class TokenStream {
  /** A parser's level takes a dozen stack frames. */
  private static final int MAX_NESTING = 120;

  private final List<Token> tokens;
  private int next;
  private int nesting;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(next);
  }

  Token lookAhead() {
    return tokens.get(Math.min(next + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = current();
    if (token.kind() != Token.Kind.END) {
      next++;
    }
    return token;
  }

  int position() {
    return next;
  }

  /** Whether a name occurs between a position and the current token. */
  boolean mentioned(int from, String name) {
    return tokens.subList(from, next).stream().anyMatch(token -> token.isName(name));
  }

  boolean skipOperator(String symbol) {
    return skipIf(current().isOperator(symbol));
  }

  boolean skipName(String name) {
    return skipIf(current().isName(name));
  }

  private boolean skipIf(boolean matches) {
    if (matches) {
      next++;
    }
    return matches;
  }

  Token expect(Token.Kind kind) {
    if (current().kind() != kind) {
      throw unexpected(new Token(kind, "", 0).describe().replace("''", "a name"));
    }
    return next();
  }

  void expectOperator(String symbol) {
    if (!skipOperator(symbol)) {
      throw unexpected("'" + symbol + "'");
    }
  }

  void expectName(String name) {
    if (!skipName(name)) {
      throw unexpected("'" + name + "'");
    }
  }

  TemplateException unexpected(String wanted) {
    return new TemplateException(
        "expected " + wanted + ", found " + current().describe(), current().line());
  }

  void enter() {
    if (++nesting > MAX_NESTING) {
      throw new TemplateLimitException(
          "nested more than " + MAX_NESTING + " deep", current().line());
    }
  }

  void leave() {
    nesting--;
  }
}
