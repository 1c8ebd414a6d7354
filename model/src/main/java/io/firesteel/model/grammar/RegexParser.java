package io.firesteel.model.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Reads regular expressions as ECMA-262 writes them. Anchors may stand where an alternative begins
 * or ends; look-around, back references and word boundaries are refused.
 */
final class RegexParser {
  private static final int MOST_REPEATS = 100_000;
  private static final CodePoints LINE_ENDS = CodePoints.of('\n', '\r', 0x2028, 0x2029);
  private static final CodePoints SPACES =
      CodePoints.of('\t', '\n', 0x0B, '\f', '\r', ' ', 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F)
          .union(CodePoints.of(0x3000, 0xFEFF))
          .union(CodePoints.range(0x2000, 0x200A));
  private static final CodePoints WORD =
      CodePoints.range('a', 'z')
          .union(CodePoints.range('A', 'Z'))
          .union(CodePoints.DIGITS)
          .union(CodePoints.of('_'));
  private static final Expr ANYTHING = Expr.many(new Expr.Chars(CodePoints.ALL));

  private final Cursor in;

  private RegexParser(String expression, String origin) {
    in = new Cursor(expression, origin);
  }

  /** An alternative, and whether it is bound to the text's beginning and end. */
  private record Alternative(Expr body, boolean begins, boolean ends) {}

  /** The texts that match as a whole. */
  static Expr whole(String expression, String origin) {
    return new Expr.Choice(parse(expression, origin).stream().map(Alternative::body).toList());
  }

  /** The texts in which a match occurs, as JSON Schema's {@code pattern} means it. */
  static Expr somewhere(String expression, String origin) {
    List<Expr> options = new ArrayList<>();
    for (Alternative alternative : parse(expression, origin)) {
      List<Expr> parts = new ArrayList<>();
      if (!alternative.begins) {
        parts.add(ANYTHING);
      }
      parts.add(alternative.body);
      if (!alternative.ends) {
        parts.add(ANYTHING);
      }
      options.add(new Expr.Sequence(parts));
    }
    return new Expr.Choice(options);
  }

  private static List<Alternative> parse(String expression, String origin) {
    RegexParser parser = new RegexParser(expression, origin);
    List<Alternative> alternatives = parser.alternatives(true);
    if (!parser.in.atEnd()) {
      throw parser.in.error("a ')' without its '('");
    }
    return alternatives;
  }

  private List<Alternative> alternatives(boolean outermost) {
    List<Alternative> alternatives = new ArrayList<>();
    do {
      alternatives.addAll(alternative(outermost));
    } while (in.take("|"));
    return alternatives;
  }

  private List<Alternative> alternative(boolean outermost) {
    boolean begins = outermost && in.take("^");
    List<Expr> parts = new ArrayList<>();
    while (!in.atEnd() && in.peek() != '|' && in.peek() != ')') {
      if (outermost && in.peek() == '$' && endsHere()) {
        in.next();
        return List.of(new Alternative(new Expr.Sequence(parts), begins, true));
      }
      int before = in.position();
      if (outermost && !begins && parts.isEmpty()) {
        List<Alternative> inner = wholeGroup();
        if (inner != null) {
          return inner;
        }
        in.back(before);
      }
      parts.add(quantified(atom()));
    }
    return List.of(new Alternative(new Expr.Sequence(parts), begins, false));
  }

  private boolean endsHere() {
    return in.peek(1) == Cursor.END || in.peek(1) == '|' || in.peek(1) == ')';
  }

  /**
   * The alternatives of a group that is an alternative by itself, so that they may have anchors.
   */
  private List<Alternative> wholeGroup() {
    if (in.peek() != '(') {
      return null;
    }
    openGroup();
    List<Alternative> inner = alternatives(true);
    in.expect(")");
    boolean alone = in.atEnd() || in.peek() == '|' || in.peek() == ')';
    return alone ? inner : null;
  }

  private void openGroup() {
    in.expect("(");
    if (!in.take("?")) {
      return;
    }
    if (in.take(":")) {
      return;
    }
    if (in.peek() == '<' && in.peek(1) != '=' && in.peek(1) != '!') {
      while (in.next() != '>') {
        // the name means nothing here
      }
      return;
    }
    throw in.error("look-around and inline flags are not supported: write the texts themselves");
  }

  private Expr quantified(Expr atom) {
    Expr body = atom;
    while (true) {
      int position = in.position();
      Expr more = quantifier(body);
      if (more == null) {
        in.back(position);
        return body;
      }
      in.take("?"); // laziness does not change which texts match
      body = more;
    }
  }

  private Expr quantifier(Expr body) {
    if (in.take("*")) {
      return Expr.many(body);
    }
    if (in.take("+")) {
      return new Expr.Repeat(body, 1, Expr.UNBOUNDED);
    }
    if (in.take("?")) {
      return Expr.optional(body);
    }
    if (!in.take("{")) {
      return null;
    }
    int min = in.number();
    int max = min;
    if (in.take(",")) {
      max = in.number();
    }
    if (min < 0 || !in.take("}")) {
      return null; // a brace that stands for itself
    }
    if (max >= 0 && max < min) {
      throw in.error("{" + min + "," + max + "} has its numbers in the wrong order");
    }
    if (Math.max(min, max) > MOST_REPEATS) {
      throw in.error("a count of more than " + MOST_REPEATS + " is too large");
    }
    return new Expr.Repeat(body, min, max);
  }

  private Expr atom() {
    int point = in.peek();
    return switch (point) {
      case '(' -> {
        openGroup();
        List<Expr> options = alternatives(false).stream().map(Alternative::body).toList();
        in.expect(")");
        yield options.size() == 1 ? options.getFirst() : new Expr.Choice(options);
      }
      case '[' -> new Expr.Chars(characterClass());
      case '.' -> {
        in.next();
        yield new Expr.Chars(LINE_ENDS.complement());
      }
      case '\\' -> new Expr.Chars(escape(false));
      case '^', '$' ->
          throw in.error("an anchor may stand only where an alternative begins or ends");
      case '*', '+', '?' -> throw in.error("there is nothing to repeat");
      default -> new Expr.Chars(CodePoints.of(in.next()));
    };
  }

  private CodePoints characterClass() {
    in.expect("[");
    boolean negated = in.take("^");
    CodePoints set = CodePoints.NONE;
    while (!in.take("]")) {
      CodePoints first = member();
      boolean range = in.peek() == '-' && in.peek(1) != ']' && single(first) >= 0;
      if (range) {
        in.next();
        int last = single(member());
        if (last < single(first)) {
          throw in.error("a range in a character class must rise");
        }
        first = CodePoints.range(single(first), last);
      }
      set = set.union(first);
    }
    return negated ? set.complement() : set;
  }

  private static int single(CodePoints set) {
    int[] ranges = set.ranges();
    return ranges.length == 2 && ranges[0] == ranges[1] ? ranges[0] : -1;
  }

  private CodePoints member() {
    return in.peek() == '\\' ? escape(true) : CodePoints.of(in.next());
  }

  private CodePoints escape(boolean inClass) {
    in.expect("\\");
    int point = in.next();
    return switch (point) {
      case 'd' -> CodePoints.DIGITS;
      case 'D' -> CodePoints.DIGITS.complement();
      case 'w' -> WORD;
      case 'W' -> WORD.complement();
      case 's' -> SPACES;
      case 'S' -> SPACES.complement();
      case 't' -> CodePoints.of('\t');
      case 'n' -> CodePoints.of('\n');
      case 'r' -> CodePoints.of('\r');
      case 'f' -> CodePoints.of('\f');
      case 'v' -> CodePoints.of(0x0B);
      case '0' -> CodePoints.of(0);
      case 'x' -> CodePoints.of(in.hex(2));
      case 'u' -> CodePoints.of(unicode());
      case 'c' -> CodePoints.of(in.next() % 32);
      case 'p' -> property(false);
      case 'P' -> property(true);
      default -> {
        if (point == 'b' && inClass) {
          yield CodePoints.of('\b');
        }
        if (Character.isLetterOrDigit(point)) {
          throw in.error(
              "\\"
                  + Character.toString(point)
                  + " is not supported: no back references, no word boundaries");
        }
        yield CodePoints.of(point);
      }
    };
  }

  private int unicode() {
    if (!in.take("{")) {
      return in.hex(4);
    }
    int digits = 0;
    while (in.peek(digits) != '}' && digits < 6) {
      digits++;
    }
    int point = in.hex(digits);
    in.expect("}");
    return point;
  }

  /** A Unicode property, which Java's own expressions know by the same names. */
  private CodePoints property(boolean negated) {
    in.expect("{");
    StringBuilder name = new StringBuilder();
    while (in.peek() != '}') {
      name.appendCodePoint(in.next());
    }
    in.expect("}");
    String java = name.toString().replace("Script=", "script=");
    Pattern pattern;
    try {
      pattern = Pattern.compile("\\p{" + java + "}");
    } catch (PatternSyntaxException e) {
      throw in.error("there is no Unicode property " + name);
    }
    List<int[]> ranges = new ArrayList<>();
    for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
      if (pattern.matcher(Character.toString(point)).matches()) {
        if (!ranges.isEmpty() && ranges.getLast()[1] == point - 1) {
          ranges.getLast()[1] = point;
        } else {
          ranges.add(new int[] {point, point});
        }
      }
    }
    CodePoints set = CodePoints.normalised(ranges);
    return negated ? set.complement() : set;
  }
}
