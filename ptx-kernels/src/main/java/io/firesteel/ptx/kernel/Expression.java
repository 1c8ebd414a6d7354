package io.firesteel.ptx.kernel;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Integer expressions of the template language: the operators of Java with its precedence, {@code
 * ?:} included, on 64-bit values (truth is 1), and the functions {@code min}, {@code max}, {@code
 * ceildiv} and {@code log2}.
 */
final class Expression {
  /** A function defined by a template: its parameters and the expression they occur in. */
  record Definition(List<String> parameters, String body) {}

  /** What the names in an expression stand for; both return null for names they do not know. */
  record Names(Function<String, String> values, Function<String, Definition> functions) {}

  private final String text;
  private final Names names;
  private int at;

  private Expression(String text, Names names) {
    this.text = text;
    this.names = names;
  }

  /** Evaluates a text without functions of its own. */
  static long evaluate(String text, Function<String, String> values) {
    return evaluate(text, new Names(values, name -> null));
  }

  /**
   * Evaluates a text.
   *
   * @param names what names stand for; a value is itself an expression
   * @throws IllegalArgumentException with a reason, without position
   */
  static long evaluate(String text, Names names) {
    Expression expression = new Expression(text, names);
    long value = expression.conditional();
    expression.skipSpace();
    if (expression.at < text.length()) {
      throw expression.error("unexpected '" + text.substring(expression.at) + "'");
    }
    return value;
  }

  private IllegalArgumentException error(String reason) {
    return new IllegalArgumentException(reason + " in expression '" + text + "'");
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private boolean take(String symbol) {
    skipSpace();
    if (!text.startsWith(symbol, at)) {
      return false;
    }
    String longer =
        at + symbol.length() < text.length() ? symbol + text.charAt(at + symbol.length()) : "";
    if (longer.equals("&&")
        || longer.equals("||")
        || longer.equals("<<")
        || longer.equals(">>")
        || longer.equals("<=")
        || longer.equals(">=")
        || longer.equals("!=")) {
      return false;
    }
    at += symbol.length();
    return true;
  }

  private void expect(String symbol) {
    if (!take(symbol)) {
      throw error("missing '" + symbol + "'");
    }
  }

  private long conditional() {
    long condition = or();
    if (!take("?")) {
      return condition;
    }
    long yes = conditional();
    expect(":");
    long no = conditional();
    return condition != 0 ? yes : no;
  }

  private long or() {
    long value = and();
    while (take("||")) {
      long right = and();
      value = value != 0 || right != 0 ? 1 : 0;
    }
    return value;
  }

  private long and() {
    long value = bits();
    while (take("&&")) {
      long right = bits();
      value = value != 0 && right != 0 ? 1 : 0;
    }
    return value;
  }

  private long bits() {
    long value = comparison();
    while (true) {
      if (take("|")) {
        value |= comparison();
      } else if (take("^")) {
        value ^= comparison();
      } else if (take("&")) {
        value &= comparison();
      } else {
        return value;
      }
    }
  }

  private long comparison() {
    long value = shift();
    while (true) {
      if (take("==")) {
        value = value == shift() ? 1 : 0;
      } else if (take("!=")) {
        value = value != shift() ? 1 : 0;
      } else if (take("<=")) {
        value = value <= shift() ? 1 : 0;
      } else if (take(">=")) {
        value = value >= shift() ? 1 : 0;
      } else if (take("<")) {
        value = value < shift() ? 1 : 0;
      } else if (take(">")) {
        value = value > shift() ? 1 : 0;
      } else {
        return value;
      }
    }
  }

  private long shift() {
    long value = sum();
    while (true) {
      if (take("<<")) {
        value <<= sum();
      } else if (take(">>")) {
        value >>= sum();
      } else {
        return value;
      }
    }
  }

  private long sum() {
    long value = product();
    while (true) {
      if (take("+")) {
        value = Math.addExact(value, product());
      } else if (take("-")) {
        value = Math.subtractExact(value, product());
      } else {
        return value;
      }
    }
  }

  private long product() {
    long value = unary();
    while (true) {
      if (take("*")) {
        value = Math.multiplyExact(value, unary());
      } else if (take("/")) {
        value = value / divisor(unary());
      } else if (take("%")) {
        value = value % divisor(unary());
      } else {
        return value;
      }
    }
  }

  private long divisor(long value) {
    if (value == 0) {
      throw error("division by zero");
    }
    return value;
  }

  private long unary() {
    if (take("-")) {
      return -unary();
    }
    if (take("~")) {
      return ~unary();
    }
    if (take("!")) {
      return unary() == 0 ? 1 : 0;
    }
    if (take("(")) {
      long value = conditional();
      expect(")");
      return value;
    }
    return operand();
  }

  private long operand() {
    skipSpace();
    int start = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
      at++;
    }
    String word = text.substring(start, at);
    if (word.isEmpty()) {
      throw error("missing operand");
    }
    if (Character.isDigit(word.charAt(0))) {
      try {
        return Long.decode(word);
      } catch (NumberFormatException e) {
        throw error("bad number '" + word + "'");
      }
    }
    return take("(") ? call(word) : named(word);
  }

  private long named(String word) {
    String value = names.values().apply(word);
    if (value == null) {
      throw error("unknown name '" + word + "'");
    }
    if (value.equals(word)) {
      throw error("name '" + word + "' stands for itself");
    }
    return evaluate(value, names);
  }

  private long call(String function) {
    Definition definition = names.functions().apply(function);
    long result = definition != null ? defined(function, definition) : builtIn(function);
    expect(")");
    return result;
  }

  private long builtIn(String function) {
    long first = conditional();
    return switch (function) {
      case "log2" -> log2(first);
      case "min" -> Math.min(first, second());
      case "max" -> Math.max(first, second());
      case "ceildiv" -> Math.ceilDiv(first, divisor(second()));
      default -> throw error("unknown function '" + function + "'");
    };
  }

  private long defined(String function, Definition definition) {
    Map<String, String> arguments = new HashMap<>();
    for (String parameter : definition.parameters()) {
      if (!arguments.isEmpty()) {
        expect(",");
      }
      arguments.put(parameter, Long.toString(conditional()));
    }
    Function<String, String> values =
        name -> arguments.containsKey(name) ? arguments.get(name) : names.values().apply(name);
    try {
      return evaluate(definition.body(), new Names(values, names.functions()));
    } catch (IllegalArgumentException e) {
      throw error(e.getMessage() + " of function " + function);
    }
  }

  private long second() {
    expect(",");
    return conditional();
  }

  private long log2(long value) {
    if (value < 1 || Long.bitCount(value) != 1) {
      throw error("log2 of " + value + ", which is no power of two,");
    }
    return Long.numberOfTrailingZeros(value);
  }
}
