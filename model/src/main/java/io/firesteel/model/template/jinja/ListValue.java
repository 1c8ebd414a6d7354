package io.firesteel.model.template.jinja;

import java.util.Iterator;
import java.util.List;

/** A Python list that cannot be changed. */
final class ListValue implements Container {
  private final List<Value> items;
  private final Shape shape;

  ListValue(List<Value> items) {
    this.items = items;
    this.shape = Shape.of(items);
  }

  List<Value> items() {
    return items;
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
    return "list";
  }

  @Override
  public boolean equals(Object other) {
    return other == this || other instanceof ListValue l && items.equals(l.items);
  }

  @Override
  public int hashCode() {
    return items.hashCode();
  }
}
