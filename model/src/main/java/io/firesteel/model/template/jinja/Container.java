package io.firesteel.model.template.jinja;

import java.util.Collection;
import java.util.Iterator;

/** A value made of others, which cannot change once it is made. */
sealed interface Container extends Value permits ListValue, TupleValue, DictValue, ViewValue {
  /** Keeps recursion over values within any thread's stack. */
  int MAX_DEPTH = 200;

  /** Keeps values that hold themselves many times over from being walked for ever. */
  long MAX_WEIGHT = 20_000_000;

  /** Number of elements. */
  int size();

  /** The elements; of a dict, its keys. */
  Iterator<Value> iterator();

  Shape shape();

  @Override
  default boolean truthy() {
    return size() > 0;
  }

  /**
   * How large a value is when it is written out.
   *
   * @param depth levels of containers
   * @param weight number of values in it, shared ones counted as often as they occur
   */
  record Shape(int depth, long weight) {
    static final Shape FLAT = new Shape(1, 1);

    static Shape of(Collection<? extends Value> elements) {
      int depth = 0;
      long weight = 1L + elements.size();
      for (Value element : elements) {
        if (element instanceof Container c) {
          depth = Math.max(depth, c.shape().depth);
          weight += c.shape().weight;
        }
      }
      if (depth >= MAX_DEPTH) {
        throw new TemplateLimitException("lists and dicts nested more than " + MAX_DEPTH + " deep");
      }
      if (weight > MAX_WEIGHT) {
        throw new TemplateLimitException("a list or dict of more than " + MAX_WEIGHT + " values");
      }
      return new Shape(depth + 1, weight);
    }
  }
}
