package io.firesteel.model.template.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The language's only mutable value: {@code namespace(...)}, whose attributes a {@code set} in any
 * scope may change.
 */
final class Namespace implements Value {
  private final Map<String, Value> attributes = new LinkedHashMap<>();

  Value get(String name) {
    return attributes.get(name);
  }

  void set(String name, Value value) {
    attributes.put(name, value);
  }

  @Override
  public boolean truthy() {
    return true;
  }

  @Override
  public String typeName() {
    return "Namespace";
  }
}
