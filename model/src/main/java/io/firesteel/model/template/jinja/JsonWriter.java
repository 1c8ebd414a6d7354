package io.firesteel.model.template.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes JSON exactly as Python's {@code json.dumps}. */
final class JsonWriter {
  private final Budget budget;
  private final boolean asciiOnly;
  private final String indent;
  private final String itemSeparator;
  private final String keySeparator;
  private final boolean sorted;
  private final StringBuilder out = new StringBuilder();

  /**
   * @param indent what a level is indented by; null for all on one line
   * @param itemSeparator between elements, without a newline
   */
  JsonWriter(
      Budget budget,
      boolean asciiOnly,
      String indent,
      String itemSeparator,
      String keySeparator,
      boolean sorted) {
    this.budget = budget;
    this.asciiOnly = asciiOnly;
    this.indent = indent;
    this.itemSeparator = itemSeparator;
    this.keySeparator = keySeparator;
    this.sorted = sorted;
  }

  String write(Value value) {
    write(value, 0);
    return out.toString();
  }

  private void write(Value value, int level) {
    budget.step();
    if (!budget.allows(out.length())) {
      budget.characters(out.length());
    }
    switch (value) {
      case None _ -> out.append("null");
      case Bool b -> out.append(b.value());
      case Int i -> out.append(i.value());
      case Real r -> out.append(real(r.value()));
      case Str s -> string(s.text());
      case ListValue l -> items(l.items(), level);
      case TupleValue t -> items(t.items(), level);
      case DictValue d -> entries(d, level);
      case Undefined u ->
          throw new TemplateException("tojson of a value that does not exist: " + u.hint());
      default ->
          throw new TemplateException(
              "tojson of a '" + value.typeName() + "', which JSON does not have");
    }
  }

  private static String real(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    return Double.isInfinite(value) ? (value > 0 ? "Infinity" : "-Infinity") : Repr.real(value);
  }

  private void items(List<Value> items, int level) {
    if (items.isEmpty()) {
      out.append("[]");
      return;
    }
    out.append('[');
    for (int i = 0; i < items.size(); i++) {
      out.append(i == 0 ? "" : itemSeparator);
      newLine(level + 1);
      write(items.get(i), level + 1);
    }
    newLine(level);
    out.append(']');
  }

  private void entries(DictValue dict, int level) {
    if (dict.size() == 0) {
      out.append("{}");
      return;
    }
    out.append('{');
    Iterator<Map.Entry<Value, Value>> entries = ordered(dict).iterator();
    while (entries.hasNext()) {
      Map.Entry<Value, Value> entry = entries.next();
      newLine(level + 1);
      string(key(entry.getKey()));
      out.append(keySeparator);
      write(entry.getValue(), level + 1);
      out.append(entries.hasNext() ? itemSeparator : "");
    }
    newLine(level);
    out.append('}');
  }

  private Iterable<Map.Entry<Value, Value>> ordered(DictValue dict) {
    if (!sorted) {
      return dict.entries().entrySet();
    }
    List<Operators.Keyed> keys = new ArrayList<>();
    dict.entries().keySet().forEach(key -> keys.add(new Operators.Keyed(key, key)));
    new Operators(budget).sort(keys, false);
    return keys.stream().map(keyed -> Map.entry(keyed.key(), dict.get(keyed.key()))).toList();
  }

  private static String key(Value key) {
    return switch (key) {
      case Str s -> s.text();
      case None _ -> "null";
      case Bool b -> b.value() ? "true" : "false";
      case Int i -> i.value().toString();
      case Real r -> real(r.value());
      default ->
          throw new TemplateException(
              "tojson of a dict with a key of type '" + key.typeName() + "'");
    };
  }

  private void newLine(int level) {
    if (indent != null) {
      budget.characters(1 + (long) level * indent.length());
      out.append('\n').repeat(indent, level);
    }
  }

  private void string(String text) {
    budget.characters(text.length() + 2L);
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      character(text.charAt(i));
    }
    out.append('"');
  }

  private void character(char c) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\b' -> out.append("\\b");
      case '\f' -> out.append("\\f");
      default -> {
        if (c < 0x20 || asciiOnly && c > 0x7f) {
          out.append("\\u").append(String.format("%04x", (int) c));
        } else {
          out.append(c);
        }
      }
    }
  }
}
