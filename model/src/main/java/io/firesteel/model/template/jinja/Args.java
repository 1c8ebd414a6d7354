package io.firesteel.model.template.jinja;

import java.util.List;
import java.util.Map;

/** The evaluated arguments of a call. */
record Args(List<Value> positional, Map<String, Value> named) {
  static final Args NONE = new Args(List.of(), Map.of());

  static Args of(Value... positional) {
    return new Args(List.of(positional), Map.of());
  }

  /** The values of a built-in's parameters, in their order; null for each that is not given. */
  Value[] bind(String function, String... parameters) {
    if (positional.size() > parameters.length) {
      throw new TemplateException(
          function
              + " takes at most "
              + parameters.length
              + " arguments, and is given "
              + positional.size());
    }
    Value[] values = new Value[parameters.length];
    for (int i = 0; i < positional.size(); i++) {
      values[i] = positional.get(i);
    }
    named.forEach((name, value) -> values[place(function, name, parameters, values)] = value);
    return values;
  }

  private static int place(String function, String name, String[] parameters, Value[] values) {
    for (int i = 0; i < parameters.length; i++) {
      if (parameters[i].equals(name)) {
        if (values[i] != null) {
          throw new TemplateException(function + " is given its argument '" + name + "' twice");
        }
        return i;
      }
    }
    throw new TemplateException(function + " has no argument '" + name + "'");
  }

  /** As {@link #bind}, where the first {@code required} arguments must be given. */
  Value[] bind(int required, String function, String... parameters) {
    Value[] values = bind(function, parameters);
    for (int i = 0; i < required; i++) {
      if (values[i] == null) {
        throw new TemplateException(function + " needs its argument '" + parameters[i] + "'");
      }
    }
    return values;
  }

  /** The arguments after the first ones. */
  Args after(int count) {
    return new Args(
        positional.subList(Math.min(count, positional.size()), positional.size()), named);
  }
}
