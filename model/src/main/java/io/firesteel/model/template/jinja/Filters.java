package io.firesteel.model.template.jinja;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** The filters by name. */
final class Filters {
  /** One of the filters. */
  interface Filter {
    Value apply(Interpreter in, Value input, Args args);
  }

  static final Map<String, Filter> ALL = all();

  private Filters() {}

  private static Map<String, Filter> all() {
    Map<String, Filter> filters = new HashMap<>();
    filters.putAll(TextFilters.all());
    filters.putAll(NumberFilters.all());
    filters.putAll(CollectionFilters.all());
    filters.put("default", Filters::defaultValue);
    filters.put("d", Filters::defaultValue);
    filters.put("tojson", Filters::toJson);
    filters.put("attr", Filters::attribute);
    return Collections.unmodifiableMap(filters);
  }

  private static Value defaultValue(Interpreter in, Value input, Args args) {
    Value[] bound = args.bind("default", "default_value", "boolean");
    boolean alsoForFalse = bound[1] != null && bound[1].truthy();
    boolean keep = !(input instanceof Undefined) && (!alsoForFalse || input.truthy());
    return keep ? input : bound[0] == null ? Str.EMPTY : bound[0];
  }

  private static Value attribute(Interpreter in, Value input, Args args) {
    String name = in.str(args.bind(1, "attr", "name")[0]);
    Value found = Access.ownAttribute(input, name);
    return found != null ? found : Access.missing(input, name);
  }

  /**
   * As the transformers library has it: {@code tojson(ensure_ascii=False, indent=None,
   * separators=None, sort_keys=False)}.
   */
  private static Value toJson(Interpreter in, Value input, Args args) {
    Value[] bound = args.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
    String indent = indent(bound[1], in.budget());
    String itemSeparator = indent == null ? ", " : ",";
    String keySeparator = ": ";
    if (bound[2] != null && bound[2] != None.NONE) {
      var separators = in.toList(bound[2]);
      if (separators.size() != 2) {
        throw new TemplateException("tojson: separators are two strings");
      }
      itemSeparator = in.str(separators.get(0));
      keySeparator = in.str(separators.get(1));
    }
    boolean ascii = bound[0] != null && bound[0].truthy();
    boolean sorted = bound[3] != null && bound[3].truthy();
    return Str.of(
        new JsonWriter(in.budget(), ascii, indent, itemSeparator, keySeparator, sorted)
            .write(input));
  }

  private static String indent(Value value, Budget budget) {
    if (value == null || value == None.NONE) {
      return null;
    }
    if (value instanceof Str s) {
      return s.text();
    }
    long width = Math.max(0, StringMethods.integer(value, 0, "tojson: indent"));
    budget.characters(width);
    return " ".repeat((int) width);
  }
}
