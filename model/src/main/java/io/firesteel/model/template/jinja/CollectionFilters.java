package io.firesteel.model.template.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Filters over lists, dicts and other things with elements. */
final class CollectionFilters {
  private CollectionFilters() {}

  static Map<String, Filters.Filter> all() {
    Map<String, Filters.Filter> all = new HashMap<>();
    all.put("length", (in, value, args) -> length(TextFilters.unary(value, args, "length")));
    all.put("count", (in, value, args) -> length(TextFilters.unary(value, args, "count")));
    all.put("first", CollectionFilters::first);
    all.put("last", CollectionFilters::last);
    all.put(
        "list",
        (in, value, args) -> new ListValue(in.toList(TextFilters.unary(value, args, "list"))));
    all.put("items", CollectionFilters::items);
    all.put("join", CollectionFilters::join);
    all.put("reverse", CollectionFilters::reverse);
    all.put("sort", CollectionFilters::sort);
    all.put("dictsort", CollectionFilters::dictSort);
    all.put("unique", CollectionFilters::unique);
    all.put("min", (in, value, args) -> extreme(in, value, args, "min", -1));
    all.put("max", (in, value, args) -> extreme(in, value, args, "max", 1));
    all.put("sum", CollectionFilters::sum);
    all.put("batch", CollectionFilters::batch);
    all.put("slice", CollectionFilters::slice);
    all.put("groupby", CollectionFilters::groupBy);
    all.put("map", CollectionFilters::map);
    all.put(
        "select", (in, value, args) -> selected(in, value, UnaryOperator.identity(), args, true));
    all.put(
        "reject", (in, value, args) -> selected(in, value, UnaryOperator.identity(), args, false));
    all.put(
        "selectattr", (in, value, args) -> selectByAttribute(in, value, args, "selectattr", true));
    all.put(
        "rejectattr", (in, value, args) -> selectByAttribute(in, value, args, "rejectattr", false));
    return all;
  }

  private static Value length(Value value) {
    return switch (value) {
      case Str s -> Int.of(s.length());
      case Container c -> Int.of(c.size());
      case Undefined _ -> Int.ZERO;
      case Loop l -> Int.of(l.length());
      default -> throw new TemplateException("'" + value.typeName() + "' has no length");
    };
  }

  private static Value first(Interpreter in, Value value, Args args) {
    args.bind("first");
    if (value instanceof Str s && !s.text().isEmpty()) {
      return Str.of(Character.toString(s.text().codePointAt(0)));
    }
    Iterator<Value> elements = in.iterate(value);
    return elements.hasNext()
        ? elements.next()
        : new Undefined("No first item, sequence was empty.");
  }

  private static Value last(Interpreter in, Value value, Args args) {
    args.bind("last");
    List<Value> elements = reversible(in, value);
    return elements.isEmpty()
        ? new Undefined("No last item, sequence was empty.")
        : elements.getLast();
  }

  private static List<Value> reversible(Interpreter in, Value value) {
    if (value instanceof Generator) {
      throw new TemplateException("'generator' object is not reversible; put 'list' before it");
    }
    return value instanceof ListValue l ? l.items() : in.toList(value);
  }

  private static Value items(Interpreter in, Value value, Args args) {
    args.bind("items");
    return switch (value) {
      case Undefined _ -> new Generator(List.of());
      case DictValue d -> {
        in.budget().elements(d.size());
        yield new Generator(ViewValue.pairs(d));
      }
      default ->
          throw new TemplateException("items works on a dict, not on '" + value.typeName() + "'");
    };
  }

  private static Value join(Interpreter in, Value value, Args args) {
    Value[] bound = args.bind("join", "d", "attribute");
    UnaryOperator<Value> attribute = attribute(in, bound[1], null);
    List<Value> parts = in.toList(value);
    parts.replaceAll(attribute);
    return Str.of(StringMethods.join(bound[0] == null ? "" : in.str(bound[0]), parts, in));
  }

  private static Value reverse(Interpreter in, Value value, Args args) {
    args.bind("reverse");
    if (value instanceof Str s) {
      int[] points = s.text().codePoints().toArray();
      StringBuilder reversed = new StringBuilder(s.text().length());
      for (int i = points.length - 1; i >= 0; i--) {
        reversed.appendCodePoint(points[i]);
      }
      return in.budget().str(reversed.toString(), s.markup());
    }
    List<Value> elements = in.toList(value);
    Collections.reverse(elements);
    return value instanceof Generator ? new ListValue(elements) : new Generator(elements);
  }

  /**
   * A function from an element to the value at a path such as {@code function.name} or {@code
   * 0.id}; null is the element.
   */
  private static UnaryOperator<Value> attribute(Interpreter in, Value path, Value defaultValue) {
    if (path == null || path == None.NONE) {
      return UnaryOperator.identity();
    }
    List<Value> parts = new ArrayList<>();
    if (path instanceof Str s) {
      for (String part : s.text().split("\\.", -1)) {
        parts.add(isNumber(part) ? Int.of(Long.parseLong(part)) : Str.of(part));
      }
    } else {
      parts.add(path);
    }
    return element -> {
      Value value = element;
      for (Value part : parts) {
        in.budget().step();
        value = in.access().element(value, part);
        value = value instanceof Undefined && defaultValue != null ? defaultValue : value;
      }
      return value;
    };
  }

  private static boolean isNumber(String part) {
    return !part.isEmpty()
        && part.length() < 10
        && part.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static UnaryOperator<Value> foldingCase(Value caseSensitive, Interpreter in) {
    if (caseSensitive != null && caseSensitive.truthy()) {
      return UnaryOperator.identity();
    }
    return value -> value instanceof Str s ? in.budget().str(Strings.lower(s.text())) : value;
  }

  private static Value sort(Interpreter in, Value value, Args args) {
    Value[] bound = args.bind("sort", "reverse", "case_sensitive", "attribute");
    UnaryOperator<Value> fold = foldingCase(bound[1], in);
    List<UnaryOperator<Value>> attributes = new ArrayList<>();
    if (bound[2] instanceof Str s) {
      for (String path : s.text().split(",", -1)) {
        attributes.add(attribute(in, Str.of(path), null));
      }
    } else {
      attributes.add(attribute(in, bound[2], null));
    }
    UnaryOperator<Value> key =
        element ->
            new ListValue(
                attributes.stream()
                    .map(attribute -> fold.apply(attribute.apply(element)))
                    .toList());
    return new ListValue(sorted(in, in.toList(value), key, bound[0] != null && bound[0].truthy()));
  }

  private static List<Value> sorted(
      Interpreter in, List<Value> elements, UnaryOperator<Value> key, boolean reverse) {
    List<Operators.Keyed> keyed = new ArrayList<>(elements.size());
    elements.forEach(element -> keyed.add(new Operators.Keyed(key.apply(element), element)));
    in.operators().sort(keyed, reverse);
    List<Value> sorted = new ArrayList<>(keyed.size());
    keyed.forEach(entry -> sorted.add(entry.element()));
    return sorted;
  }

  private static Value dictSort(Interpreter in, Value value, Args args) {
    Value[] bound = args.bind("dictsort", "case_sensitive", "by", "reverse");
    if (!(value instanceof DictValue dict)) {
      throw new TemplateException("dictsort works on a dict, not on '" + value.typeName() + "'");
    }
    String by = bound[1] == null ? "key" : in.str(bound[1]);
    if (!by.equals("key") && !by.equals("value")) {
      throw new TemplateException("dictsort sorts by 'key' or 'value', not by '" + by + "'");
    }
    UnaryOperator<Value> fold = foldingCase(bound[0], in);
    int place = by.equals("key") ? 0 : 1;
    in.budget().elements(dict.size());
    UnaryOperator<Value> key = pair -> fold.apply(((TupleValue) pair).items().get(place));
    return new ListValue(
        sorted(in, ViewValue.pairs(dict), key, bound[2] != null && bound[2].truthy()));
  }

  private static Value unique(Interpreter in, Value value, Args args) {
    Value[] bound = args.bind("unique", "case_sensitive", "attribute");
    UnaryOperator<Value> fold = foldingCase(bound[0], in);
    UnaryOperator<Value> attribute = attribute(in, bound[1], null);
    Set<Value> seen = new HashSet<>();
    return Lazy.select(
        in.iterate(value),
        in.budget(),
        element -> seen.add(hashable(fold.apply(attribute.apply(element)))));
  }

  private static Value hashable(Value value) {
    if (value instanceof Container) {
      throw new TemplateException(
          "unique cannot tell values of type '" + value.typeName() + "' apart");
    }
    return value;
  }

  private static Value extreme(Interpreter in, Value value, Args args, String name, int sign) {
    Value[] bound = args.bind(name, "case_sensitive", "attribute");
    UnaryOperator<Value> fold = foldingCase(bound[0], in);
    UnaryOperator<Value> attribute = attribute(in, bound[1], null);
    Iterator<Value> elements = in.iterate(value);
    if (!elements.hasNext()) {
      return new Undefined("No aggregated item, sequence was empty.");
    }
    Value best = elements.next();
    Value bestKey = fold.apply(attribute.apply(best));
    while (elements.hasNext()) {
      in.budget().step();
      Value candidate = elements.next();
      Value key = fold.apply(attribute.apply(candidate));
      if (in.operators().compare(key, bestKey, sign < 0 ? "<" : ">") * sign > 0) {
        best = candidate;
        bestKey = key;
      }
    }
    return best;
  }

  private static Value sum(Interpreter in, Value value, Args args) {
    Value[] bound = args.bind("sum", "attribute", "start");
    UnaryOperator<Value> attribute = attribute(in, bound[0], null);
    Value sum = bound[1] == null ? Int.ZERO : bound[1];
    Iterator<Value> elements = in.iterate(value);
    while (elements.hasNext()) {
      in.budget().step();
      Value element = attribute.apply(elements.next());
      if (sum instanceof Str) {
        throw new TemplateException("sum cannot add strings; use join");
      }
      sum = in.operators().arithmetic(Expr.Operator.ADD, sum, element);
    }
    return sum;
  }

  private static Value batch(Interpreter in, Value value, Args args) {
    Value[] bound = args.bind(1, "batch", "linecount", "fill_with");
    long size = StringMethods.integer(bound[0], 0, "batch");
    List<Value> elements = in.toList(value);
    List<Value> rows = new ArrayList<>();
    List<Value> row = new ArrayList<>();
    for (Value element : elements) {
      if (row.size() == size) {
        rows.add(new ListValue(row));
        row = new ArrayList<>();
      }
      row.add(element);
    }
    if (!row.isEmpty()) {
      fill(in, row, size, bound[1]);
      rows.add(new ListValue(row));
    }
    return new Generator(rows);
  }

  private static void fill(Interpreter in, List<Value> row, long size, Value with) {
    if (with == null || with == None.NONE || row.size() >= size) {
      return;
    }
    in.budget().elements(size - row.size());
    while (row.size() < size) {
      row.add(with);
    }
  }

  private static Value slice(Interpreter in, Value value, Args args) {
    Value[] bound = args.bind(1, "slice", "slices", "fill_with");
    long slices = StringMethods.integer(bound[0], 0, "slice");
    List<Value> elements = in.toList(value);
    if (slices == 0) {
      throw new TemplateException("slice into no parts");
    }
    in.budget().elements(Math.max(0, slices));
    List<Value> parts = new ArrayList<>();
    int from = 0;
    for (long i = 0; i < slices; i++) {
      boolean extra = i < elements.size() % slices;
      int to = (int) (from + elements.size() / slices + (extra ? 1 : 0));
      List<Value> part = new ArrayList<>(elements.subList(from, to));
      if (!extra && bound[1] != null && bound[1] != None.NONE) {
        part.add(bound[1]);
      }
      parts.add(new ListValue(part));
      from = to;
    }
    return new Generator(parts);
  }

  private static Value groupBy(Interpreter in, Value value, Args args) {
    Value[] bound = args.bind(1, "groupby", "attribute", "default", "case_sensitive");
    UnaryOperator<Value> attribute =
        attribute(in, bound[0], bound[1] == None.NONE ? null : bound[1]);
    UnaryOperator<Value> fold = foldingCase(bound[2], in);
    UnaryOperator<Value> key = element -> fold.apply(attribute.apply(element));
    List<Value> groups = new ArrayList<>();
    List<Value> group = new ArrayList<>();
    Value groupKey = null;
    for (Value element : sorted(in, in.toList(value), key, false)) {
      Value elementKey = key.apply(element);
      if (groupKey != null && !in.operators().equal(groupKey, elementKey)) {
        groups.add(group(attribute, group));
        group = new ArrayList<>();
      }
      group.add(element);
      groupKey = elementKey;
    }
    if (!group.isEmpty()) {
      groups.add(group(attribute, group));
    }
    return new ListValue(groups);
  }

  private static Value group(UnaryOperator<Value> attribute, List<Value> elements) {
    return new TupleValue(
        List.of(attribute.apply(elements.getFirst()), new ListValue(elements)),
        List.of("grouper", "list"));
  }

  private static Value map(Interpreter in, Value value, Args args) {
    if (!value.truthy()) {
      return new Generator(List.of());
    }
    if (args.positional().isEmpty() && args.named().containsKey("attribute")) {
      Value[] bound = args.bind("map", "attribute", "default");
      UnaryOperator<Value> attribute =
          attribute(in, bound[0], bound[1] == None.NONE ? null : bound[1]);
      return Lazy.map(in.iterate(value), in.budget(), attribute);
    }
    if (args.positional().isEmpty()) {
      throw new TemplateException("map needs the name of a filter, or 'attribute'");
    }
    String filter = in.str(args.positional().getFirst());
    Args rest = args.after(1);
    return Lazy.map(in.iterate(value), in.budget(), element -> in.filter(filter, element, rest));
  }

  private static Value selectByAttribute(
      Interpreter in, Value value, Args args, String name, boolean wanted) {
    if (args.positional().isEmpty()) {
      throw new TemplateException(name + " needs the name of an attribute");
    }
    UnaryOperator<Value> attribute = attribute(in, args.positional().getFirst(), null);
    return selected(in, value, attribute, args.after(1), wanted);
  }

  private static Value selected(
      Interpreter in, Value value, UnaryOperator<Value> attribute, Args args, boolean wanted) {
    if (!value.truthy()) {
      return new Generator(List.of());
    }
    Predicate<Value> test = Value::truthy;
    if (!args.positional().isEmpty()) {
      String name = in.str(args.positional().getFirst());
      Args rest = args.after(1);
      test = element -> in.test(name, element, rest);
    }
    Predicate<Value> passes = test;
    return Lazy.select(
        in.iterate(value), in.budget(), element -> passes.test(attribute.apply(element)) == wanted);
  }
}
