package io.firesteel.model.template.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What a dict's {@code keys()}, {@code values()} and {@code items()} return: iterable and sized,
 * without an index.
 */
final class ViewValue implements Container {
  enum Kind {
    KEYS,
    VALUES,
    ITEMS
  }

  private final Kind kind;
  private final List<Value> elements;
  private final Shape shape;

  ViewValue(DictValue dict, Kind kind) {
    this.kind = kind;
    this.elements =
        switch (kind) {
          case KEYS -> List.copyOf(dict.entries().keySet());
          case VALUES -> List.copyOf(dict.entries().values());
          case ITEMS -> pairs(dict);
        };
    this.shape = Shape.of(elements);
  }

  static List<Value> pairs(DictValue dict) {
    List<Value> pairs = new ArrayList<>(dict.size());
    dict.entries().forEach((key, value) -> pairs.add(new TupleValue(List.of(key, value))));
    return pairs;
  }

  List<Value> elements() {
    return elements;
  }

  @Override
  public int size() {
    return elements.size();
  }

  @Override
  public Iterator<Value> iterator() {
    return elements.iterator();
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public String typeName() {
    return switch (kind) {
      case KEYS -> "dict_keys";
      case VALUES -> "dict_values";
      case ITEMS -> "dict_items";
    };
  }
}
