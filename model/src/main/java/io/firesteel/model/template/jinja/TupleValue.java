package io.firesteel.model.template.jinja;

import java.util.Iterator;
import java.util.List;

/** A Python tuple, whose elements may have names as well. */
final class TupleValue implements Container {
  private final List<Value> items;
  private final List<String> names;
  private final Shape shape;

  TupleValue(List<Value> items) {
    this(items, List.of());
  }

  TupleValue(List<Value> items, List<String> names) {
    this.items = items;
    this.names = names;
    this.shape = Shape.of(items);
  }

  List<Value> items() {
    return items;
  }

  /** The element of a name, or null where there is none. */
  Value named(String name) {
    int index = names.indexOf(name);
    return index < 0 ? null : items.get(index);
  }

  @Override
  public int size() {
    return items.size();
  }

  @Override
  public Iterator<Value> iterator() {
    return items.iterator();
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public String typeName() {
    return "tuple";
  }

  @Override
  public boolean equals(Object other) {
    return other == this || other instanceof TupleValue t && items.equals(t.items);
  }

  @Override
  public int hashCode() {
    return items.hashCode();
  }
}
