package io.firesteel.model.template.jinja;

import java.util.HashMap;
import java.util.Map;

/** Variables by name; what is not here is looked for in the scope around. */
final class Scope {
  private final Scope outer;
  private final Map<String, Value> variables;

  Scope(Scope outer) {
    this(outer, new HashMap<>());
  }

  Scope(Scope outer, Map<String, Value> variables) {
    this.outer = outer;
    this.variables = variables;
  }

  void set(String name, Value value) {
    variables.put(name, value);
  }

  Value get(String name) {
    for (Scope scope = this; scope != null; scope = scope.outer) {
      Value value = scope.variables.get(name);
      if (value != null) {
        return value;
      }
    }
    return Undefined.name(name);
  }
}
