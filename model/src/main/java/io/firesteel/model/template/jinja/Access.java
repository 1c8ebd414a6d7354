package io.firesteel.model.template.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Attributes, elements and slices of values. */
final class Access {
  private final Budget budget;

  Access(Budget budget) {
    this.budget = budget;
  }

  /** The value of an integer, or the nearest end of the range of {@code long}. */
  static long clamp(BigInteger value) {
    return value.bitLength() < Long.SIZE
        ? value.longValue()
        : value.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
  }

  /** {@code target.name}: a method first, then the element of that name. */
  Value attribute(Value target, String name) {
    Value found = ownAttribute(target, name);
    if (found == null && target instanceof DictValue d) {
      found = d.get(name);
    }
    return found != null ? found : missing(target, name);
  }

  /** {@code target[key]}: the element first, then the attribute of that name. */
  Value element(Value target, Value key) {
    Value found = ownElement(target, key);
    if (found == null && key instanceof Str name) {
      found = ownAttribute(target, name.text());
      return found != null ? found : missing(target, name.text());
    }
    return found != null ? found : Undefined.element(target, key);
  }

  static Value missing(Value target, String name) {
    return name.startsWith("__") && name.endsWith("__")
        ? new Undefined(
            "access to attribute '" + name + "' of '" + target.typeName() + "' is unsafe")
        : Undefined.attribute(target, name);
  }

  /** The method or other attribute of a name, but no element; null where there is none. */
  static Value ownAttribute(Value target, String name) {
    return switch (target) {
      case Undefined u -> throw u.used();
      case Loop l -> l.attribute(name);
      case Namespace n -> n.get(name);
      case Macro m -> m.attribute(name);
      case Cycler c -> c.attribute(name);
      case TupleValue t when t.named(name) != null -> t.named(name);
      default -> Methods.has(target, name) ? new Callable.Method(target, name) : null;
    };
  }

  private Value ownElement(Value target, Value key) {
    return switch (target) {
      case Undefined u -> throw u.used();
      case DictValue d -> key instanceof Container ? null : d.get(key);
      case ListValue l -> Numeric.isInteger(key) ? item(l.items(), key) : null;
      case TupleValue t -> Numeric.isInteger(key) ? item(t.items(), key) : null;
      case Str s -> Numeric.isInteger(key) ? character(s, key) : null;
      default -> null;
    };
  }

  private static Value item(List<Value> items, Value key) {
    int index = index(key, items.size());
    return index < 0 ? null : items.get(index);
  }

  /**
   * The place that an index names, counted from the end where it is negative; -1 where there is
   * none.
   */
  private static int index(Value key, int size) {
    long index = clamp(Numeric.integer(key));
    long fromStart = index < 0 ? index + size : index;
    return fromStart >= 0 && fromStart < size ? (int) fromStart : -1;
  }

  private Value character(Str string, Value key) {
    budget.pass(string.text().length());
    int index = index(key, string.length());
    if (index < 0) {
      return null;
    }
    String text = string.text();
    int place = text.offsetByCodePoints(0, index);
    return new Str(Character.toString(text.codePointAt(place)), string.markup());
  }

  /** {@code target[start:stop:step]}; {@code None} stands for a part left out. */
  Value slice(Value target, Value start, Value stop, Value step) {
    return switch (target) {
      case Undefined u -> throw u.used();
      case Str s -> slice(s, start, stop, step);
      case ListValue l -> new ListValue(slice(l.items(), start, stop, step));
      case TupleValue t -> new TupleValue(slice(t.items(), start, stop, step));
      default -> throw new TemplateException("'" + target.typeName() + "' object cannot be sliced");
    };
  }

  private Value slice(Str string, Value start, Value stop, Value step) {
    String text = string.text();
    budget.pass(text.length());
    Range range = Range.of(string.length(), start, stop, step);
    if (range.step == 1) {
      int from = text.offsetByCodePoints(0, (int) range.first);
      return budget.str(
          text.substring(from, text.offsetByCodePoints(from, (int) range.count())),
          string.markup());
    }
    int[] points = text.codePoints().toArray();
    StringBuilder out = new StringBuilder();
    for (long i = 0; i < range.count(); i++) {
      out.appendCodePoint(points[range.at(i)]);
    }
    return budget.str(out.toString(), string.markup());
  }

  private List<Value> slice(List<Value> items, Value start, Value stop, Value step) {
    Range range = Range.of(items.size(), start, stop, step);
    budget.elements(range.count());
    if (range.step == 1) {
      return new ArrayList<>(items.subList((int) range.first, (int) (range.first + range.count())));
    }
    List<Value> picked = new ArrayList<>();
    for (long i = 0; i < range.count(); i++) {
      picked.add(items.get(range.at(i)));
    }
    return picked;
  }

  /** The places that a slice picks: from {@code first} in steps up to, without, {@code end}. */
  private record Range(long first, long end, long step) {
    static Range of(int size, Value start, Value stop, Value step) {
      long by = step == None.NONE ? 1 : bound(step);
      if (by == 0) {
        throw new TemplateException("slice step cannot be zero");
      }
      long low = by > 0 ? 0 : -1;
      long high = by > 0 ? size : size - 1L;
      long first =
          start == None.NONE ? (by > 0 ? low : high) : within(bound(start), size, low, high);
      long end = stop == None.NONE ? (by > 0 ? high : low) : within(bound(stop), size, low, high);
      return new Range(first, by > 0 ? Math.max(first, end) : Math.min(first, end), by);
    }

    private static long bound(Value value) {
      if (value instanceof Undefined u) {
        throw u.used();
      }
      if (!Numeric.isInteger(value)) {
        throw new TemplateException(
            "slice indices must be integers, not '" + value.typeName() + "'");
      }
      long bound = clamp(Numeric.integer(value));
      return Math.clamp(bound, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    private static long within(long index, int size, long low, long high) {
      return Math.clamp(index < 0 ? index + size : index, low, high);
    }

    long count() {
      long span = Math.abs(end - first);
      long stride = Math.abs(step);
      return (span + stride - 1) / stride;
    }

    int at(long i) {
      return (int) (first + i * step);
    }
  }
}
