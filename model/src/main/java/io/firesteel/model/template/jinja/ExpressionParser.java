package io.firesteel.model.template.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Expressions: from tokens to {@link Expr} records, by recursive descent along Jinja2's precedence.
 */
final class ExpressionParser {
  private static final Map<String, Expr.Relation> RELATIONS =
      Map.of(
          "==", Expr.Relation.EQUAL,
          "!=", Expr.Relation.NOT_EQUAL,
          "<", Expr.Relation.LESS,
          "<=", Expr.Relation.LESS_OR_EQUAL,
          ">", Expr.Relation.GREATER,
          ">=", Expr.Relation.GREATER_OR_EQUAL);
  private static final Map<String, Expr.Operator> FACTORS =
      Map.of(
          "*", Expr.Operator.MULTIPLY,
          "/", Expr.Operator.DIVIDE,
          "//", Expr.Operator.FLOOR_DIVIDE,
          "%", Expr.Operator.MODULO);
  private static final Set<Token.Kind> TEST_ARGUMENT =
      Set.of(Token.Kind.NAME, Token.Kind.STRING, Token.Kind.INTEGER, Token.Kind.FLOAT);
  private static final Set<String> NOT_ASSIGNABLE =
      Set.of("true", "false", "none", "True", "False", "None");

  private final TokenStream tokens;

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  Expr expression() {
    return conditional();
  }

  /** An expression, or several with commas between them as a tuple. */
  Expr tupleOrExpression() {
    return tuple(true, false, "");
  }

  /** As {@link #tupleOrExpression}, but an {@code if} ends it. */
  Expr tupleWithoutConditional() {
    return tuple(false, false, "");
  }

  /** The elements of a {@code for}. */
  Expr loopElements() {
    return tuple(false, false, "recursive");
  }

  private Expr tuple(boolean withConditional, boolean parentheses, String endName) {
    int line = line();
    List<Expr> items = new ArrayList<>();
    boolean isTuple = false;
    while (!atTupleEnd(endName)) {
      items.add(withConditional ? conditional() : nested(this::or));
      if (!tokens.skipOperator(",")) {
        break;
      }
      isTuple = true;
    }
    if (isTuple || items.isEmpty() && parentheses) {
      return new Expr.TupleOf(items, line);
    }
    if (items.isEmpty()) {
      throw tokens.unexpected("an expression");
    }
    return items.getFirst();
  }

  private boolean atTupleEnd(String endName) {
    Token token = tokens.current();
    return token.kind() == Token.Kind.VARIABLE_END
        || token.kind() == Token.Kind.BLOCK_END
        || token.isOperator(")")
        || token.isName(endName);
  }

  private interface Rule {
    Expr parse();
  }

  private Expr nested(Rule rule) {
    tokens.enter();
    Expr result = rule.parse();
    tokens.leave();
    return result;
  }

  private int line() {
    return tokens.current().line();
  }

  private Expr conditional() {
    return nested(this::conditionalLevel);
  }

  private Expr conditionalLevel() {
    int line = line();
    Expr result = or();
    while (tokens.skipName("if")) {
      Expr test = or();
      Expr otherwise = tokens.skipName("else") ? conditional() : null;
      result = new Expr.Conditional(test, result, otherwise, line);
    }
    return result;
  }

  private Expr or() {
    int line = line();
    Expr left = and();
    while (tokens.skipName("or")) {
      left = new Expr.Or(left, and(), line);
    }
    return left;
  }

  private Expr and() {
    int line = line();
    Expr left = not();
    while (tokens.skipName("and")) {
      left = new Expr.And(left, not(), line);
    }
    return left;
  }

  private Expr not() {
    int line = line();
    return tokens.skipName("not") ? new Expr.Not(nested(this::not), line) : compare();
  }

  private Expr compare() {
    int line = line();
    Expr first = sum();
    List<Expr.Comparison> rest = new ArrayList<>();
    for (Expr.Relation relation = relation(); relation != null; relation = relation()) {
      rest.add(new Expr.Comparison(relation, sum()));
    }
    return rest.isEmpty() ? first : new Expr.Compare(first, rest, line);
  }

  /** Reads a relation, or returns null where there is none. */
  private Expr.Relation relation() {
    Token token = tokens.current();
    if (token.kind() == Token.Kind.OPERATOR && RELATIONS.containsKey(token.text())) {
      return RELATIONS.get(tokens.next().text());
    }
    if (tokens.skipName("in")) {
      return Expr.Relation.IN;
    }
    if (token.isName("not") && tokens.lookAhead().isName("in")) {
      tokens.next();
      tokens.next();
      return Expr.Relation.NOT_IN;
    }
    return null;
  }

  private Expr sum() {
    int line = line();
    Expr left = concat();
    while (tokens.current().isOperator("+") || tokens.current().isOperator("-")) {
      Expr.Operator operator =
          tokens.next().isOperator("+") ? Expr.Operator.ADD : Expr.Operator.SUBTRACT;
      left = new Expr.Arithmetic(operator, left, concat(), line);
    }
    return left;
  }

  private Expr concat() {
    int line = line();
    List<Expr> parts = new ArrayList<>();
    parts.add(product());
    while (tokens.skipOperator("~")) {
      parts.add(product());
    }
    return parts.size() == 1 ? parts.getFirst() : new Expr.Concat(parts, line);
  }

  private Expr product() {
    int line = line();
    Expr left = power();
    while (tokens.current().kind() == Token.Kind.OPERATOR
        && FACTORS.containsKey(tokens.current().text())) {
      Expr.Operator operator = FACTORS.get(tokens.next().text());
      left = new Expr.Arithmetic(operator, left, power(), line);
    }
    return left;
  }

  /**
   * Associates to the left, and binds less tightly than a sign: both unlike Python, both as Jinja2
   * has it.
   */
  private Expr power() {
    int line = line();
    Expr left = filtered(unary());
    while (tokens.skipOperator("**")) {
      left = new Expr.Arithmetic(Expr.Operator.POWER, left, filtered(unary()), line);
    }
    return left;
  }

  private Expr unary() {
    int line = line();
    if (tokens.skipOperator("-")) {
      return postfix(new Expr.Negate(nested(this::unary), line));
    }
    if (tokens.skipOperator("+")) {
      return postfix(new Expr.Plus(nested(this::unary), line));
    }
    return postfix(primary());
  }

  private Expr primary() {
    Token token = tokens.current();
    return switch (token.kind()) {
      case NAME -> name(tokens.next());
      case STRING -> strings();
      case INTEGER -> new Expr.Literal(integer(tokens.next()), token.line());
      case FLOAT ->
          new Expr.Literal(new Real(Double.parseDouble(tokens.next().text())), token.line());
      case OPERATOR -> display(token);
      default -> throw tokens.unexpected("an expression");
    };
  }

  private Expr display(Token token) {
    return switch (token.text()) {
      case "(" -> parenthesised();
      case "[" -> list();
      case "{" -> dict();
      default -> throw tokens.unexpected("an expression");
    };
  }

  private Expr parenthesised() {
    tokens.next();
    Expr inner = tuple(true, true, "");
    tokens.expectOperator(")");
    return inner;
  }

  private static Expr name(Token token) {
    return switch (token.text()) {
      case "true", "True" -> new Expr.Literal(Bool.TRUE, token.line());
      case "false", "False" -> new Expr.Literal(Bool.FALSE, token.line());
      case "none", "None" -> new Expr.Literal(None.NONE, token.line());
      default -> new Expr.Name(token.text(), token.line());
    };
  }

  private Expr strings() {
    int line = line();
    StringBuilder text = new StringBuilder();
    while (tokens.current().kind() == Token.Kind.STRING) {
      text.append(tokens.next().text());
    }
    return new Expr.Literal(Str.of(text.toString()), line);
  }

  private static Int integer(Token token) {
    String text = token.text();
    int radix =
        text.length() < 2
            ? 10
            : switch (Character.toLowerCase(text.charAt(1))) {
              case 'x' -> 16;
              case 'o' -> 8;
              case 'b' -> 2;
              default -> 10;
            };
    if (text.length() > Int.MAX_BITS) {
      throw new TemplateLimitException("an integer of " + text.length() + " digits", token.line());
    }
    return new Int(new BigInteger(radix == 10 ? text : text.substring(2), radix));
  }

  private Expr list() {
    int line = line();
    tokens.expectOperator("[");
    List<Expr> items = new ArrayList<>();
    while (!tokens.skipOperator("]")) {
      items.add(expression());
      endOfItem("]");
    }
    return new Expr.ListOf(items, line);
  }

  private Expr dict() {
    int line = line();
    tokens.expectOperator("{");
    List<Expr.Pair> pairs = new ArrayList<>();
    while (!tokens.skipOperator("}")) {
      Expr key = expression();
      tokens.expectOperator(":");
      pairs.add(new Expr.Pair(key, expression()));
      endOfItem("}");
    }
    return new Expr.DictOf(pairs, line);
  }

  /** A comma, unless the closing bracket follows at once. */
  private void endOfItem(String closing) {
    if (!tokens.current().isOperator(closing)) {
      tokens.expectOperator(",");
    }
  }

  private Expr postfix(Expr operand) {
    Expr result = operand;
    while (true) {
      Token token = tokens.current();
      if (token.isOperator(".")) {
        result = attribute(result);
      } else if (token.isOperator("[")) {
        result = subscript(result);
      } else if (token.isOperator("(")) {
        result = new Expr.Call(result, arguments(), token.line());
      } else {
        return result;
      }
    }
  }

  private Expr attribute(Expr target) {
    int line = tokens.next().line();
    Token name = tokens.next();
    return switch (name.kind()) {
      case NAME -> new Expr.Attribute(target, name.text(), line);
      case INTEGER -> new Expr.Subscript(target, new Expr.Literal(integer(name), line), line);
      default ->
          throw new TemplateException(
              "expected a name or number after '.', found " + name.describe(), line);
    };
  }

  private Expr subscript(Expr target) {
    int line = tokens.next().line();
    List<Expr> keys = new ArrayList<>();
    while (!tokens.skipOperator("]")) {
      keys.add(subscriptKey());
      endOfItem("]");
    }
    if (keys.isEmpty()) {
      throw new TemplateException("an empty subscript '[]'", line);
    }
    Expr key = keys.size() == 1 ? keys.getFirst() : new Expr.TupleOf(keys, line);
    return new Expr.Subscript(target, key, line);
  }

  private Expr subscriptKey() {
    int line = line();
    Expr start = tokens.current().isOperator(":") ? null : expression();
    if (!tokens.skipOperator(":")) {
      return start;
    }
    Expr stop = atSlicePartEnd() ? null : expression();
    Expr step = tokens.skipOperator(":") && !atSlicePartEnd() ? expression() : null;
    return new Expr.Slice(start, stop, step, line);
  }

  private boolean atSlicePartEnd() {
    Token token = tokens.current();
    return token.isOperator(":") || token.isOperator("]") || token.isOperator(",");
  }

  private Expr filtered(Expr operand) {
    Expr result = operand;
    while (true) {
      Token token = tokens.current();
      if (tokens.skipOperator("|")) {
        result = filter(result);
      } else if (tokens.skipName("is")) {
        result = test(result);
      } else if (token.isOperator("(")) {
        result = new Expr.Call(result, arguments(), token.line());
      } else {
        return result;
      }
    }
  }

  private Expr.Filter filter(Expr input) {
    int line = line();
    String name = dottedName();
    Expr.Arguments arguments = tokens.current().isOperator("(") ? arguments() : Expr.Arguments.NONE;
    return new Expr.Filter(input, name, arguments, line);
  }

  /** The filters after {@code filter} or {@code set x |}, whose input is the body of the block. */
  Expr.Filter filterChain() {
    Expr.Filter chain = filter(null);
    while (tokens.skipOperator("|")) {
      chain = filter(chain);
    }
    return chain;
  }

  private String dottedName() {
    StringBuilder name = new StringBuilder(tokens.expect(Token.Kind.NAME).text());
    while (tokens.skipOperator(".")) {
      name.append('.').append(tokens.expect(Token.Kind.NAME).text());
    }
    return name.toString();
  }

  private Expr test(Expr input) {
    int line = line();
    boolean negated = tokens.skipName("not");
    String name = dottedName();
    Expr test = new Expr.Test(input, name, testArguments(), line);
    return negated ? new Expr.Not(test, line) : test;
  }

  private Expr.Arguments testArguments() {
    Token token = tokens.current();
    if (token.isOperator("(")) {
      return arguments();
    }
    if (token.isName("is")) {
      throw new TemplateException("tests with 'is' cannot be chained", token.line());
    }
    boolean follows =
        TEST_ARGUMENT.contains(token.kind()) || token.isOperator("[") || token.isOperator("{");
    if (!follows || token.isName("else") || token.isName("or") || token.isName("and")) {
      return Expr.Arguments.NONE;
    }
    return new Expr.Arguments(List.of(postfix(primary())), List.of(), null, null);
  }

  private Expr.Arguments arguments() {
    int line = tokens.next().line();
    List<Expr> positional = new ArrayList<>();
    List<Expr.Named> named = new ArrayList<>();
    Expr spread = null;
    Expr spreadNamed = null;
    while (!tokens.skipOperator(")")) {
      if (spreadNamed != null) {
        throw new TemplateException("an argument after '**'", line);
      }
      if (tokens.skipOperator("**")) {
        spreadNamed = expression();
      } else if (tokens.skipOperator("*")) {
        spread = expression();
      } else if (tokens.current().kind() == Token.Kind.NAME && tokens.lookAhead().isOperator("=")) {
        String name = tokens.next().text();
        tokens.next();
        named.add(new Expr.Named(name, expression()));
      } else if (named.isEmpty() && spread == null) {
        positional.add(expression());
      } else {
        throw new TemplateException("an argument without a name after one with a name", line);
      }
      endOfItem(")");
    }
    return new Expr.Arguments(positional, named, spread, spreadNamed);
  }

  /** The variables of a {@code for}, or of one assignment in {@code with}. */
  Stmt.Target target(String end) {
    return unpackable(end, false);
  }

  /** What {@code set} assigns to: variables, or attributes of a namespace. */
  Stmt.Target setTarget() {
    return unpackable("=", true);
  }

  private Stmt.Target unpackable(String end, boolean withNamespace) {
    List<Stmt.Target> targets = new ArrayList<>();
    targets.add(oneTarget(withNamespace));
    boolean unpacks = false;
    while (tokens.skipOperator(",")) {
      unpacks = true;
      Token token = tokens.current();
      if (token.isName(end) || token.isOperator(end) || token.isOperator(")")) {
        break;
      }
      targets.add(oneTarget(withNamespace));
    }
    return unpacks ? new Stmt.Target.Unpack(targets) : targets.getFirst();
  }

  private Stmt.Target oneTarget(boolean withNamespace) {
    if (tokens.skipOperator("(")) {
      tokens.enter();
      Stmt.Target inner = unpackable(")", withNamespace);
      tokens.leave();
      tokens.expectOperator(")");
      return inner;
    }
    String name = assignable();
    if (withNamespace && tokens.skipOperator(".")) {
      return new Stmt.Target.NamespaceAttribute(name, tokens.expect(Token.Kind.NAME).text());
    }
    return new Stmt.Target.Variable(name);
  }

  private String assignable() {
    Token token = tokens.expect(Token.Kind.NAME);
    if (NOT_ASSIGNABLE.contains(token.text())) {
      throw new TemplateException("cannot assign to '" + token.text() + "'", token.line());
    }
    return token.text();
  }

  /** The parameters of a macro or call block, in parentheses. */
  Stmt.Signature signature() {
    tokens.expectOperator("(");
    List<Stmt.Parameter> parameters = new ArrayList<>();
    boolean defaults = false;
    while (!tokens.skipOperator(")")) {
      Token name = tokens.current();
      String parameter = assignable();
      Expr defaultValue = tokens.skipOperator("=") ? expression() : null;
      if (defaultValue == null && defaults) {
        throw new TemplateException(
            "parameter '" + name.text() + "' without a default after one with a default",
            name.line());
      }
      defaults |= defaultValue != null;
      parameters.add(new Stmt.Parameter(parameter, defaultValue));
      endOfItem(")");
    }
    return new Stmt.Signature(parameters);
  }
}
