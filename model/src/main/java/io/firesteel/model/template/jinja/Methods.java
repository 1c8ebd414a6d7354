package io.firesteel.model.template.jinja;

import java.util.List;
import java.util.Set;

/** The methods of Python's built-in types that leave their object as it is. */
final class Methods {
  private static final Set<String> DICT = Set.of("get", "items", "keys", "values", "copy");
  private static final Set<String> LIST = Set.of("count", "index", "copy");
  private static final Set<String> TUPLE = Set.of("count", "index");
  private static final Set<String> REAL = Set.of("is_integer");
  private static final Set<String> LOOP = Set.of("cycle", "changed");

  /** Methods that Python has and a template may not call, because they change their object. */
  private static final Set<String> CHANGES_DICT =
      Set.of("clear", "pop", "popitem", "setdefault", "update");

  private static final Set<String> CHANGES_LIST =
      Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

  private Methods() {}

  static boolean has(Value receiver, String name) {
    return switch (receiver) {
      case Str _ -> StringMethods.ALL.containsKey(name);
      case DictValue _ -> DICT.contains(name) || CHANGES_DICT.contains(name);
      case ListValue _ -> LIST.contains(name) || CHANGES_LIST.contains(name);
      case TupleValue _ -> TUPLE.contains(name);
      case Real _ -> REAL.contains(name);
      default -> false;
    };
  }

  static Value call(Value receiver, String name, Args args, Interpreter interpreter) {
    return switch (receiver) {
      case Str s -> StringMethods.ALL.get(name).apply(interpreter, s, args);
      case DictValue d -> dict(d, name, args, interpreter);
      case ListValue l -> list(l.items(), name, args, interpreter);
      case TupleValue t -> list(t.items(), name, args, interpreter);
      case Real r -> {
        args.bind(name);
        yield Bool.of(r.value() == Math.rint(r.value()) && !Double.isInfinite(r.value()));
      }
      case Loop l when LOOP.contains(name) -> loop(l, name, args, interpreter);
      default ->
          throw new TemplateException("'" + receiver.typeName() + "' has no method '" + name + "'");
    };
  }

  private static Value dict(DictValue dict, String name, Args args, Interpreter interpreter) {
    if (CHANGES_DICT.contains(name)) {
      throw changes("dict", name);
    }
    if (name.equals("get")) {
      Value[] bound = args.bind(1, name, "key", "default");
      Value found = bound[0] instanceof Container ? null : dict.get(bound[0]);
      return found != null ? found : bound[1] != null ? bound[1] : None.NONE;
    }
    args.bind(name);
    interpreter.budget().elements(dict.size());
    return switch (name) {
      case "items" -> new ViewValue(dict, ViewValue.Kind.ITEMS);
      case "keys" -> new ViewValue(dict, ViewValue.Kind.KEYS);
      case "values" -> new ViewValue(dict, ViewValue.Kind.VALUES);
      default -> dict;
    };
  }

  private static Value list(List<Value> items, String name, Args args, Interpreter interpreter) {
    if (CHANGES_LIST.contains(name)) {
      throw changes("list", name);
    }
    if (name.equals("copy")) {
      args.bind(name);
      return new ListValue(items);
    }
    Value wanted = args.bind(1, name, "value")[0];
    int count = 0;
    for (int i = 0; i < items.size(); i++) {
      interpreter.budget().step();
      if (interpreter.operators().equal(items.get(i), wanted)) {
        if (name.equals("index")) {
          return Int.of(i);
        }
        count++;
      }
    }
    if (name.equals("index")) {
      throw new TemplateException(Repr.shortRepr(wanted) + " is not in the list");
    }
    return Int.of(count);
  }

  private static TemplateException changes(String type, String name) {
    return new TemplateException(
        type
            + "."
            + name
            + " changes its "
            + type
            + ", which a chat template may not do; use a namespace or '+'");
  }

  private static Value loop(Loop loop, String name, Args args, Interpreter interpreter) {
    if (name.equals("cycle")) {
      return loop.cycle(args.positional());
    }
    interpreter.budget().steps(new TupleValue(args.positional()).shape().weight());
    return Bool.of(loop.changed(args.positional()));
  }
}
