package io.firesteel.model.template.jinja;

import java.util.Iterator;

/** Elements that can be gone through once, as most filters over lists return them. */
final class Generator implements Value {
  private final Iterator<Value> elements;

  Generator(Iterator<Value> elements) {
    this.elements = elements;
  }

  Generator(Iterable<Value> elements) {
    this(elements.iterator());
  }

  Iterator<Value> elements() {
    return elements;
  }

  /** True even where nothing is left, as in Python. */
  @Override
  public boolean truthy() {
    return true;
  }

  @Override
  public String typeName() {
    return "generator";
  }
}
