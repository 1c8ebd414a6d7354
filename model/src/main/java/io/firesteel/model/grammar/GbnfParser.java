package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads grammars in GBNF, llama.cpp's notation. */
final class GbnfParser {
  private static final int MOST_REPEATS = 100_000;

  private final Cursor in;
  private final Map<String, Expr> rules = new LinkedHashMap<>();

  GbnfParser(String grammar) {
    in = new Cursor(grammar, "");
  }

  /** The rules by name. */
  Map<String, Expr> rules() {
    skip(true);
    while (!in.atEnd()) {
      rule();
      skip(true);
    }
    if (!rules.containsKey("root")) {
      throw new GrammarException("grammar", "there is no rule 'root', which describes the whole");
    }
    return rules;
  }

  private void rule() {
    int begin = in.position();
    String name = name();
    skip(false);
    in.expect("::=");
    skip(true);
    Expr body = alternatives(false);
    if (rules.put(name, body) != null) {
      in.back(begin);
      throw in.error("the rule '" + name + "' is there twice");
    }
    if (!in.atEnd() && in.peek() != '\n' && in.peek() != '\r') {
      throw in.error("expected the end of the rule, found '" + Character.toString(in.peek()) + "'");
    }
  }

  /** Skips blanks and comments, and line ends where a rule may go on in the next line. */
  private void skip(boolean lines) {
    while (true) {
      int point = in.peek();
      if (point == '#') {
        while (in.peek() != '\n' && in.peek() != '\r' && !in.atEnd()) {
          in.next();
        }
      } else if (point == ' ' || point == '\t' || lines && (point == '\n' || point == '\r')) {
        in.next();
      } else {
        return;
      }
    }
  }

  private String name() {
    StringBuilder name = new StringBuilder();
    while (isName(in.peek())) {
      name.appendCodePoint(in.next());
    }
    if (name.isEmpty()) {
      throw in.error("expected the name of a rule");
    }
    return name.toString();
  }

  private static boolean isName(int point) {
    return point >= 'a' && point <= 'z'
        || point >= 'A' && point <= 'Z'
        || point >= '0' && point <= '9'
        || point == '-'
        || point == '_';
  }

  private Expr alternatives(boolean nested) {
    List<Expr> options = new ArrayList<>();
    options.add(sequence(nested));
    while (in.take("|")) {
      skip(true);
      options.add(sequence(nested));
    }
    return options.size() == 1 ? options.getFirst() : new Expr.Choice(options);
  }

  private Expr sequence(boolean nested) {
    List<Expr> parts = new ArrayList<>();
    while (true) {
      Expr atom = atom(nested);
      if (atom == null) {
        return new Expr.Sequence(parts);
      }
      parts.add(repeated(atom));
      skip(nested);
    }
  }

  private Expr atom(boolean nested) {
    int point = in.peek();
    if (point == '"') {
      return text();
    }
    if (point == '[') {
      return characterClass();
    }
    if (point == '.') {
      in.next();
      return new Expr.Chars(CodePoints.ALL);
    }
    if (point == '(') {
      in.next();
      skip(true);
      Expr body = alternatives(true);
      in.expect(")");
      return body;
    }
    if (isName(point)) {
      return ruleUnlessNext(nested);
    }
    return null;
  }

  /** A rule's name, unless it is that of the next definition. */
  private Expr ruleUnlessNext(boolean nested) {
    int begin = in.position();
    String name = name();
    int after = in.position();
    skip(nested);
    boolean defines = in.take("::=");
    in.back(defines ? begin : after);
    if (defines && nested) {
      throw in.error("a group is not closed before the next rule");
    }
    return defines ? null : new Expr.Rule(name);
  }

  private Expr repeated(Expr atom) {
    Expr body = atom;
    while (true) {
      if (in.take("*")) {
        body = Expr.many(body);
      } else if (in.take("+")) {
        body = new Expr.Repeat(body, 1, Expr.UNBOUNDED);
      } else if (in.take("?")) {
        body = Expr.optional(body);
      } else if (in.take("{")) {
        body = counted(body);
      } else {
        return body;
      }
    }
  }

  private Expr counted(Expr body) {
    skip(false);
    int min = in.number();
    skip(false);
    int max = min;
    if (in.take(",")) {
      skip(false);
      max = in.number();
      skip(false);
    }
    in.expect("}");
    if (min < 0 || max >= 0 && max < min || Math.max(min, max) > MOST_REPEATS) {
      throw in.error(
          "a count is {m}, {m,} or {m,n} with m at most n and n at most " + MOST_REPEATS);
    }
    return new Expr.Repeat(body, min, max);
  }

  private Expr text() {
    in.expect("\"");
    StringBuilder text = new StringBuilder();
    while (in.peek() != '"') {
      text.appendCodePoint(point());
    }
    in.expect("\"");
    return new Expr.Text(text.toString());
  }

  private Expr characterClass() {
    in.expect("[");
    boolean negated = in.take("^");
    List<int[]> ranges = new ArrayList<>();
    while (!in.take("]")) {
      int first = point();
      int last = first;
      if (in.peek() == '-' && in.peek(1) != ']') {
        in.next();
        last = point();
      }
      ranges.add(new int[] {first, last});
    }
    CodePoints set = CodePoints.normalised(ranges);
    return new Expr.Chars(negated ? set.complement() : set);
  }

  private int point() {
    int point = in.next();
    if (point != '\\') {
      return point;
    }
    int escaped = in.next();
    return switch (escaped) {
      case 'x' -> in.hex(2);
      case 'u' -> in.hex(4);
      case 'U' -> in.hex(8);
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'n' -> '\n';
      case '\\', '"', '[', ']', '-', '^' -> escaped;
      default -> throw in.error("\\" + Character.toString(escaped) + " is no escape");
    };
  }
}
