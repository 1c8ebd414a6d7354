package io.firesteel.model.template.jinja;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** A Python dict, in the order of insertion, that cannot be changed. */
final class DictValue implements Container {
  private final Map<Value, Value> entries;
  private final Shape shape;

  DictValue(Map<Value, Value> entries) {
    this.entries = entries;
    this.shape = Shape.of(entries.values());
  }

  /** Collects entries; keys that are equal as Python sees it are one. */
  static final class Builder {
    private final Map<Value, Value> entries = new LinkedHashMap<>();

    void put(Value key, Value value) {
      switch (key) {
        case Str _, Int _, Real _, Bool _, None _, Undefined _ -> entries.put(key, value);
        default ->
            throw new TemplateException("a " + key.typeName() + " cannot be the key of a dict");
      }
    }

    DictValue build() {
      return new DictValue(entries);
    }
  }

  Map<Value, Value> entries() {
    return entries;
  }

  /** The value of a key, or null. */
  Value get(Value key) {
    return entries.get(key);
  }

  Value get(String key) {
    return entries.get(Str.of(key));
  }

  @Override
  public int size() {
    return entries.size();
  }

  @Override
  public Iterator<Value> iterator() {
    return entries.keySet().iterator();
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public String typeName() {
    return "dict";
  }

  @Override
  public boolean equals(Object other) {
    return other == this || other instanceof DictValue d && entries.equals(d.entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }
}
