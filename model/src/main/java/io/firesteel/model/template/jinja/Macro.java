package io.firesteel.model.template.jinja;

import java.util.List;

/** A macro, with the scope that it was defined in. */
final class Macro implements Callable {
  private final Stmt.Macro definition;
  private final Scope scope;

  Macro(Stmt.Macro definition, Scope scope) {
    this.definition = definition;
    this.scope = scope;
  }

  Stmt.Macro definition() {
    return definition;
  }

  Scope scope() {
    return scope;
  }

  @Override
  public String name() {
    return definition.name();
  }

  /** The attribute's value, or null where there is none of that name. */
  Value attribute(String name) {
    return switch (name) {
      case "name" -> Str.of(name());
      case "arguments" -> Callable.names(parameterNames());
      case "catch_kwargs" -> Bool.of(definition.takesNamed());
      case "catch_varargs" -> Bool.of(definition.takesMore());
      case "caller" -> Bool.of(definition.takesCaller());
      default -> null;
    };
  }

  private List<String> parameterNames() {
    return definition.signature().parameters().stream().map(Stmt.Parameter::name).toList();
  }

  @Override
  public Value call(Interpreter interpreter, Args args) {
    return interpreter.callMacro(this, args);
  }

  @Override
  public String typeName() {
    return "Macro";
  }
}
