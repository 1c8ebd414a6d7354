package io.firesteel.ptx.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A parsed template file: a list of nodes, nested as its {@code .if}, {@code .for}, {@code .macro}
 * and {@code .kernel} directives are. The language is described in {@link Specialiser}.
 */
final class Template {
  /** Where a line stands. */
  record Position(String file, int line) {
    @Override
    public String toString() {
      return file + ":" + line;
    }

    TemplateException error(String reason) {
      return new TemplateException(this + ": " + reason);
    }
  }

  /** A line or a block of lines. */
  sealed interface Node {
    Position at();
  }

  /** A line of PTX. */
  record Line(Position at, String text) implements Node {}

  /** A one-line directive: its keyword without the dot, and the rest of the line. */
  record Directive(Position at, String keyword, String rest) implements Node {}

  /** {@code .if}, {@code .elif} and {@code .else}: the first branch whose condition holds. */
  record If(Position at, List<Branch> branches) implements Node {}

  /** A branch of an {@link If}. */
  record Branch(Position at, String condition, List<Node> body) {}

  /** {@code .for name in from..to step by}. */
  record For(Position at, String name, String from, String to, String step, List<Node> body)
      implements Node {}

  /** {@code .macro name(parameters)}. */
  record Macro(Position at, String name, List<Argument> parameters, List<Node> body)
      implements Node {}

  /** {@code name(arguments)}. */
  record Call(Position at, String name, List<Argument> arguments) implements Node {}

  /**
   * A parameter with its default (null: required), or an argument with its name (null: by
   * position).
   */
  record Argument(String name, String value) {}

  private static final Pattern CALL = Pattern.compile("([A-Za-z_]\\w*)\\((.*)\\)", Pattern.DOTALL);
  private static final Pattern CALL_START = Pattern.compile("[A-Za-z_]\\w*\\(.*", Pattern.DOTALL);
  private static final Pattern FOR =
      Pattern.compile("([A-Za-z_]\\w*)\\s+in\\s+(.+?)\\.\\.(.+?)(?:\\s+step\\s+(.+))?");
  private static final Pattern NAMED =
      Pattern.compile("([A-Za-z_]\\w*)\\s*=(?!=)(.*)", Pattern.DOTALL);
  private static final List<String> ONE_LINE =
      List.of(
          "include", "def", "const", "arg", "grid", "block", "limit", "kernel", "code", "check",
          "error");

  private final String file;
  private final List<String> lines;
  private final Deque<Open> open = new ArrayDeque<>();

  /** A block whose {@code .end} has not been seen. */
  private static final class Open {
    final Position at;
    final String keyword;
    final String rest;
    final List<Branch> branches = new ArrayList<>();
    Position branchAt;
    String condition;
    List<Node> body = new ArrayList<>();

    Open(Position at, String keyword, String rest) {
      this.at = at;
      this.keyword = keyword;
      this.rest = rest;
      this.branchAt = at;
      this.condition = rest;
    }

    void closeBranch() {
      branches.add(new Branch(branchAt, condition, body));
    }
  }

  private Template(String file, List<String> lines) {
    this.file = file;
    this.lines = lines;
  }

  /** Parses a file's text. */
  static List<Node> parse(String file, String text) {
    return new Template(file, text.lines().toList()).parse();
  }

  private List<Node> parse() {
    open.push(new Open(new Position(file, 1), "file", ""));
    for (int i = 0; i < lines.size(); i++) {
      Position at = new Position(file, i + 1);
      String line = withoutComment(lines.get(i));
      if (line.isEmpty()) {
        continue;
      }
      if (CALL_START.matcher(line).matches()) {
        StringBuilder call = new StringBuilder(line);
        while (depth(call) > 0 && i + 1 < lines.size()) {
          call.append(' ').append(withoutComment(lines.get(++i)));
        }
        line = call.toString();
      }
      add(at, line);
    }
    if (open.size() > 1) {
      throw open.peek().at.error("." + open.peek().keyword + " without .end");
    }
    return open.pop().body;
  }

  private static String withoutComment(String line) {
    int comment = line.indexOf("//");
    return (comment < 0 ? line : line.substring(0, comment)).strip();
  }

  private static int depth(CharSequence text) {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    return depth;
  }

  private void add(Position at, String line) {
    if (line.startsWith(".")) {
      int end = 1;
      while (end < line.length() && Character.isLetter(line.charAt(end))) {
        end++;
      }
      if (directive(at, line.substring(1, end), line.substring(end).strip())) {
        return;
      }
    }
    Matcher call = CALL.matcher(line);
    if (call.matches()) {
      append(new Call(at, call.group(1), arguments(at, call.group(2))));
    } else {
      append(new Line(at, line));
    }
  }

  private boolean directive(Position at, String keyword, String rest) {
    switch (keyword) {
      case "if", "for", "macro" -> open.push(new Open(at, keyword, rest));
      case "elif" -> nextBranch(at, rest);
      case "else" -> nextBranch(at, "1");
      case "end" -> end(at);
      default -> {
        if (!ONE_LINE.contains(keyword)) {
          return false;
        }
        append(new Directive(at, keyword, rest));
      }
    }
    return true;
  }

  private void nextBranch(Position at, String condition) {
    Open block = open.peek();
    if (!block.keyword.equals("if")) {
      throw at.error(".elif or .else outside .if");
    }
    block.closeBranch();
    block.branchAt = at;
    block.condition = condition;
    block.body = new ArrayList<>();
  }

  private void end(Position at) {
    if (open.size() == 1) {
      throw at.error(".end without a block to end");
    }
    Open block = open.pop();
    switch (block.keyword) {
      case "if" -> {
        block.closeBranch();
        append(new If(block.at, block.branches));
      }
      case "for" -> append(loop(block));
      default -> append(macro(block));
    }
  }

  private static Node loop(Open block) {
    Matcher m = FOR.matcher(block.rest);
    if (!m.matches()) {
      throw block.at.error(
          "expected '.for name in from..to' or '… step by', found '.for " + block.rest + "'");
    }
    String step = m.group(4) == null ? "1" : m.group(4);
    return new For(block.at, m.group(1), m.group(2), m.group(3), step, block.body);
  }

  private static Node macro(Open block) {
    Matcher m = CALL.matcher(block.rest);
    if (!m.matches()) {
      throw block.at.error("expected '.macro name(parameters)', found '.macro " + block.rest + "'");
    }
    List<Argument> parameters = new ArrayList<>();
    for (Argument a : arguments(block.at, m.group(2))) {
      parameters.add(a.name() == null ? new Argument(a.value(), null) : a);
    }
    return new Macro(block.at, m.group(1), parameters, block.body);
  }

  private void append(Node node) {
    open.peek().body.add(node);
  }

  /** Splits at the commas outside brackets. */
  static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ("([{".indexOf(c) >= 0) {
        depth++;
      } else if (")]}".indexOf(c) >= 0) {
        depth--;
      } else if (c == ',' && depth == 0) {
        parts.add(text.substring(start, i).strip());
        start = i + 1;
      }
    }
    parts.add(text.substring(start).strip());
    return parts;
  }

  private static List<Argument> arguments(Position at, String text) {
    List<Argument> arguments = new ArrayList<>();
    if (text.isBlank()) {
      return arguments;
    }
    for (String part : split(text)) {
      Matcher named = NAMED.matcher(part);
      if (named.matches()) {
        arguments.add(new Argument(named.group(1), named.group(2).strip()));
      } else if (part.isEmpty()) {
        throw at.error("empty argument");
      } else {
        arguments.add(new Argument(null, part));
      }
    }
    return arguments;
  }
}
