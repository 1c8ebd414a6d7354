package io.firesteel.model.template.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/**
 * The {@code loop} variable, and the iteration behind it: reads at most one element ahead unless
 * asked for more.
 */
final class Loop implements Value {
  private Iterator<Value> elements;
  private int length;
  private final int depth0;
  private final Function<Value, Value> recurse;
  private int index0 = -1;
  private Value before;
  private Value current;
  private Value after;
  private List<Value> lastChanged;

  /**
   * @param length number of elements, or -1 where it is not known before the end
   * @param recurse renders the body over the elements of a level below; null where the loop may not
   */
  Loop(Iterator<Value> elements, int length, int depth0, Function<Value, Value> recurse) {
    this.elements = elements;
    this.length = length;
    this.depth0 = depth0;
    this.recurse = recurse;
  }

  /** Moves to the next element; false at the end. */
  boolean advance() {
    Value next = peek();
    if (next == null) {
      return false;
    }
    after = null;
    index0++;
    before = current;
    current = next;
    return true;
  }

  Value current() {
    return current;
  }

  private Value peek() {
    if (after == null && elements.hasNext()) {
      after = elements.next();
    }
    return after;
  }

  int length() {
    if (length < 0) {
      List<Value> rest = new ArrayList<>();
      elements.forEachRemaining(rest::add);
      length = rest.size() + index0 + 1 + (after == null ? 0 : 1);
      elements = rest.iterator();
    }
    return length;
  }

  int depth0() {
    return depth0;
  }

  /** The attribute's value, or null where there is none of that name. */
  Value attribute(String name) {
    return switch (name) {
      case "index" -> Int.of(index0 + 1);
      case "index0" -> Int.of(index0);
      case "revindex" -> Int.of(length() - index0);
      case "revindex0" -> Int.of(length() - index0 - 1);
      case "first" -> Bool.of(index0 == 0);
      case "last" -> Bool.of(peek() == null);
      case "length" -> Int.of(length());
      case "depth" -> Int.of(depth0 + 1);
      case "depth0" -> Int.of(depth0);
      case "previtem" -> index0 == 0 ? new Undefined("there is no previous item") : before;
      case "nextitem" -> peek() == null ? new Undefined("there is no next item") : after;
      case "cycle", "changed" -> new Callable.Method(this, name);
      default -> null;
    };
  }

  Value cycle(List<Value> values) {
    if (values.isEmpty()) {
      throw new TemplateException("no items for cycling given");
    }
    return values.get(index0 % values.size());
  }

  boolean changed(List<Value> values) {
    boolean differs = !values.equals(lastChanged);
    lastChanged = values;
    return differs;
  }

  Value recurse(Value elements) {
    if (recurse == null) {
      throw new TemplateException(
          "the loop must have the 'recursive' marker to be called recursively");
    }
    return recurse.apply(elements);
  }

  @Override
  public boolean truthy() {
    return length() > 0;
  }

  @Override
  public String typeName() {
    return "LoopContext";
  }
}
