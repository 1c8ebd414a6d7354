package io.firesteel.model.template.jinja;

import java.util.List;

/** What {@code cycler(a, b, …)} returns: gives its values in turn. */
final class Cycler implements Value {
  private final List<Value> values;
  private int position;

  Cycler(List<Value> values) {
    if (values.isEmpty()) {
      throw new TemplateException("cycler needs at least one value");
    }
    this.values = values;
  }

  /** The attribute's value, or null where there is none of that name. */
  Value attribute(String name) {
    return switch (name) {
      case "current" -> values.get(position);
      case "next" -> new Callable.Function(name, (_, args) -> next(args));
      case "reset" -> new Callable.Function(name, (_, args) -> reset(args));
      default -> null;
    };
  }

  private Value next(Args args) {
    args.bind("next");
    Value value = values.get(position);
    position = (position + 1) % values.size();
    return value;
  }

  private Value reset(Args args) {
    args.bind("reset");
    position = 0;
    return None.NONE;
  }

  @Override
  public boolean truthy() {
    return true;
  }

  @Override
  public String typeName() {
    return "Cycler";
  }
}
