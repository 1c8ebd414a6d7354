package io.firesteel.model.template.jinja;

import java.util.List;

/** A statement. {@code line} is the line of the source, from 1. */
sealed interface Stmt {
  int line();

  record Data(String text, int line) implements Stmt {}

  record Output(Expr value, int line) implements Stmt {}

  record If(List<Branch> branches, List<Stmt> otherwise, int line) implements Stmt {}

  record Branch(Expr test, List<Stmt> body) {}

  /** {@code filter} is null where there is no {@code if}. */
  record For(
      Target target,
      Expr elements,
      Expr filter,
      boolean recursive,
      List<Stmt> body,
      List<Stmt> otherwise,
      int line)
      implements Stmt {}

  record Break(int line) implements Stmt {}

  record Continue(int line) implements Stmt {}

  record Set(Target target, Expr value, int line) implements Stmt {}

  /** {@code {% set x | filter %}…{% endset %}}; {@code filter} is null where there is none. */
  record SetBlock(Target target, Expr.Filter filter, List<Stmt> body, int line) implements Stmt {}

  /**
   * {@code takesNamed}, {@code takesMore} and {@code takesCaller} say whether the body speaks of
   * {@code kwargs}, {@code varargs} and {@code caller}: only then may a call give arguments beyond
   * the signature.
   */
  record Macro(
      String name,
      Signature signature,
      List<Stmt> body,
      boolean takesNamed,
      boolean takesMore,
      boolean takesCaller,
      int line)
      implements Stmt {}

  record CallBlock(Signature signature, Expr.Call call, List<Stmt> body, int line)
      implements Stmt {}

  record FilterBlock(Expr.Filter filter, List<Stmt> body, int line) implements Stmt {}

  record With(List<Assignment> assignments, List<Stmt> body, int line) implements Stmt {}

  record Assignment(Target target, Expr value) {}

  /** {@code {% generation %}}: marks what a model wrote; renders its body in a scope of its own. */
  record Generation(List<Stmt> body, int line) implements Stmt {}

  /** The parameters of a macro; a default is null where there is none. */
  record Signature(List<Parameter> parameters) {}

  record Parameter(String name, Expr defaultValue) {}

  /** What an assignment assigns to. */
  sealed interface Target {
    record Variable(String name) implements Target {}

    record NamespaceAttribute(String namespace, String attribute) implements Target {}

    record Unpack(List<Target> targets) implements Target {}
  }
}
