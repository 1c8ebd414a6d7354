package io.firesteel.model.template.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Statements: from tokens to {@link Stmt} records. */
final class Parser {
  private static final Set<String> INHERITANCE =
      Set.of("extends", "block", "include", "import", "from");
  private static final Set<String> UNSUPPORTED = Set.of("autoescape", "trans", "do", "debug");

  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private int loops;

  private Parser(List<Token> tokens) {
    this.tokens = new TokenStream(tokens);
    this.expressions = new ExpressionParser(this.tokens);
  }

  static List<Stmt> parse(String source) {
    return new Parser(Lexer.tokens(source)).template();
  }

  private List<Stmt> template() {
    List<Stmt> statements = statementsUntil();
    if (tokens.current().kind() != Token.Kind.END) {
      throw tokens.unexpected("a statement or text");
    }
    return statements;
  }

  /**
   * Statements up to a tag of one of these names, which becomes the current token; or to the end of
   * the source.
   */
  private List<Stmt> statementsUntil(String... endTags) {
    List<Stmt> statements = new ArrayList<>();
    while (tokens.current().kind() != Token.Kind.END) {
      Token token = tokens.next();
      switch (token.kind()) {
        case DATA -> statements.add(new Stmt.Data(token.text(), token.line()));
        case VARIABLE_BEGIN -> {
          statements.add(new Stmt.Output(expressions.tupleOrExpression(), token.line()));
          tokens.expect(Token.Kind.VARIABLE_END);
        }
        default -> {
          if (tokens.current().kind() == Token.Kind.NAME
              && List.of(endTags).contains(tokens.current().text())) {
            return statements;
          }
          statements.add(statement());
          tokens.expect(Token.Kind.BLOCK_END);
        }
      }
    }
    return statements;
  }

  /** The body of a block and the name of the tag that ends it, which is consumed. */
  private List<Stmt> body(Token opening, String... endTags) {
    tokens.skipOperator(":");
    tokens.expect(Token.Kind.BLOCK_END);
    tokens.enter();
    List<Stmt> body = statementsUntil(endTags);
    tokens.leave();
    if (tokens.current().kind() == Token.Kind.END) {
      throw new TemplateException(
          "'" + opening.text() + "' is never closed: no " + closers(endTags) + " follows",
          opening.line());
    }
    return body;
  }

  private static String closers(String... endTags) {
    return String.join(" or ", Arrays.stream(endTags).map(tag -> "'{% " + tag + " %}'").toList());
  }

  private List<Stmt> closedBody(Token opening, String endTag) {
    List<Stmt> body = body(opening, endTag);
    tokens.next();
    return body;
  }

  private Stmt statement() {
    Token tag = tokens.expect(Token.Kind.NAME);
    return switch (tag.text()) {
      case "if" -> ifStatement(tag);
      case "for" -> forStatement(tag);
      case "set" -> setStatement(tag);
      case "macro" -> macro(tag);
      case "call" -> callBlock(tag);
      case "filter" ->
          new Stmt.FilterBlock(expressions.filterChain(), closedBody(tag, "endfilter"), tag.line());
      case "with" -> with(tag);
      case "generation" -> new Stmt.Generation(closedBody(tag, "endgeneration"), tag.line());
      case "print" -> new Stmt.Output(expressions.expression(), tag.line());
      case "break" -> inLoop(tag, new Stmt.Break(tag.line()));
      case "continue" -> inLoop(tag, new Stmt.Continue(tag.line()));
      default -> throw unknownTag(tag);
    };
  }

  private static TemplateException unknownTag(Token tag) {
    String name = tag.text();
    if (INHERITANCE.contains(name)) {
      return new TemplateException(
          "'" + name + "' needs other templates, and a chat template stands alone", tag.line());
    }
    if (UNSUPPORTED.contains(name)) {
      return new TemplateException(
          "the tag '" + name + "' is not supported in chat templates", tag.line());
    }
    if (name.startsWith("end") || name.equals("else") || name.equals("elif")) {
      return new TemplateException("'" + name + "' closes nothing that is open", tag.line());
    }
    return new TemplateException("unknown tag '" + name + "'", tag.line());
  }

  private Stmt inLoop(Token tag, Stmt statement) {
    if (loops == 0) {
      throw new TemplateException("'" + tag.text() + "' outside a loop", tag.line());
    }
    return statement;
  }

  private Stmt ifStatement(Token tag) {
    List<Stmt.Branch> branches = new ArrayList<>();
    List<Stmt> otherwise = List.of();
    Token opening = tag;
    while (opening.isName("if") || opening.isName("elif")) {
      Expr test = expressions.tupleWithoutConditional();
      branches.add(new Stmt.Branch(test, body(opening, "elif", "else", "endif")));
      opening = tokens.next();
    }
    if (opening.isName("else")) {
      otherwise = closedBody(opening, "endif");
    }
    return new Stmt.If(branches, otherwise, tag.line());
  }

  private Stmt forStatement(Token tag) {
    Stmt.Target target = expressions.target("in");
    tokens.expectName("in");
    Expr elements = expressions.loopElements();
    Expr filter = tokens.skipName("if") ? expressions.expression() : null;
    boolean recursive = tokens.skipName("recursive");
    loops++;
    List<Stmt> body = body(tag, "endfor", "else");
    loops--;
    Token closing = tokens.next();
    List<Stmt> otherwise = closing.isName("else") ? closedBody(closing, "endfor") : List.of();
    return new Stmt.For(target, elements, filter, recursive, body, otherwise, tag.line());
  }

  private Stmt setStatement(Token tag) {
    Stmt.Target target = expressions.setTarget();
    if (tokens.skipOperator("=")) {
      return new Stmt.Set(target, expressions.tupleOrExpression(), tag.line());
    }
    Expr.Filter filter = tokens.skipOperator("|") ? expressions.filterChain() : null;
    return new Stmt.SetBlock(target, filter, closedBody(tag, "endset"), tag.line());
  }

  private Stmt macro(Token tag) {
    String name = tokens.expect(Token.Kind.NAME).text();
    Stmt.Signature signature = expressions.signature();
    int begin = tokens.position();
    List<Stmt> body = bodyOutsideLoops(tag, "endmacro");
    return new Stmt.Macro(
        name,
        signature,
        body,
        tokens.mentioned(begin, "kwargs"),
        tokens.mentioned(begin, "varargs"),
        tokens.mentioned(begin, "caller"),
        tag.line());
  }

  private Stmt callBlock(Token tag) {
    Stmt.Signature signature =
        tokens.current().isOperator("(") ? expressions.signature() : new Stmt.Signature(List.of());
    if (!(expressions.expression() instanceof Expr.Call call)) {
      throw new TemplateException("'call' needs the call of a macro", tag.line());
    }
    return new Stmt.CallBlock(signature, call, bodyOutsideLoops(tag, "endcall"), tag.line());
  }

  private List<Stmt> bodyOutsideLoops(Token tag, String endTag) {
    int outer = loops;
    loops = 0;
    List<Stmt> body = closedBody(tag, endTag);
    loops = outer;
    return body;
  }

  private Stmt with(Token tag) {
    List<Stmt.Assignment> assignments = new ArrayList<>();
    while (tokens.current().kind() != Token.Kind.BLOCK_END) {
      if (!assignments.isEmpty()) {
        tokens.expectOperator(",");
      }
      Stmt.Target target = expressions.target("=");
      tokens.expectOperator("=");
      assignments.add(new Stmt.Assignment(target, expressions.expression()));
    }
    return new Stmt.With(assignments, closedBody(tag, "endwith"), tag.line());
  }
}
