package io.firesteel.model.template.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Makes values from JSON-like Java objects. */
final class Values {
  private Values() {}

  /**
   * Accepts null, booleans, numbers, strings, collections and maps of such with strings as keys.
   */
  static Value of(Object object) {
    return of(object, 0);
  }

  private static Value of(Object object, int depth) {
    if (depth > Container.MAX_DEPTH) {
      throw new TemplateLimitException("input nested more than " + Container.MAX_DEPTH + " deep");
    }
    return switch (object) {
      case null -> None.NONE;
      case CharSequence s -> Str.of(s.toString());
      case Boolean b -> Bool.of(b);
      case BigInteger i -> new Int(i);
      case Double d -> new Real(d);
      case Float f -> new Real(f);
      case BigDecimal d -> new Real(d.doubleValue());
      case Number n -> Int.of(n.longValue());
      case Map<?, ?> map -> dict(map, depth);
      case Collection<?> items -> list(items, depth);
      default ->
          throw new IllegalArgumentException(
              "a template's input is made of null, booleans, numbers, strings, lists and maps, not"
                  + " of "
                  + object.getClass().getName());
    };
  }

  private static Value dict(Map<?, ?> map, int depth) {
    DictValue.Builder dict = new DictValue.Builder();
    map.forEach((key, value) -> dict.put(of(key, depth + 1), of(value, depth + 1)));
    return dict.build();
  }

  private static Value list(Collection<?> items, int depth) {
    List<Value> values = new ArrayList<>(items.size());
    items.forEach(item -> values.add(of(item, depth + 1)));
    return new ListValue(values);
  }
}
