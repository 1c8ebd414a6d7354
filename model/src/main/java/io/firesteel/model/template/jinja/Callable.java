package io.firesteel.model.template.jinja;

import java.util.List;

/** A value that can be called. */
sealed interface Callable extends Value
    permits Callable.Method, Callable.Function, Callable.Joiner, Macro {
  String name();

  Value call(Interpreter interpreter, Args args);

  @Override
  default boolean truthy() {
    return true;
  }

  /** A method of a value, such as {@code text.strip}. */
  record Method(Value receiver, String name) implements Callable {
    @Override
    public Value call(Interpreter interpreter, Args args) {
      return Methods.call(receiver, name, args, interpreter);
    }

    @Override
    public String typeName() {
      return "builtin_function_or_method";
    }
  }

  /** A built-in function, such as {@code range}. */
  record Function(String name, Body body) implements Callable {
    interface Body {
      Value call(Interpreter interpreter, Args args);
    }

    @Override
    public Value call(Interpreter interpreter, Args args) {
      return body.call(interpreter, args);
    }

    @Override
    public String typeName() {
      return "function";
    }
  }

  /**
   * What {@code joiner(separator)} returns: empty at the first call, the separator from then on.
   */
  final class Joiner implements Callable {
    private final Value separator;
    private boolean used;

    Joiner(Value separator) {
      this.separator = separator;
    }

    @Override
    public String name() {
      return "joiner";
    }

    @Override
    public Value call(Interpreter interpreter, Args args) {
      args.bind("joiner");
      if (used) {
        return separator;
      }
      used = true;
      return Str.EMPTY;
    }

    @Override
    public String typeName() {
      return "Joiner";
    }
  }

  /** Names of the arguments of a macro, as its attribute {@code arguments} lists them. */
  static Value names(List<String> names) {
    return new TupleValue(names.stream().<Value>map(Str::of).toList());
  }
}
