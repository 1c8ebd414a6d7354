package io.firesteel.model.template.jinja;

/**
 * What a missing variable or attribute evaluates to. It prints as nothing and counts as false and
 * empty; using it in any other way raises its hint.
 *
 * @param hint why there is no value, e.g. {@code 'tools' is undefined}
 */
record Undefined(String hint) implements Value {
  static Undefined name(String name) {
    return new Undefined("'" + name + "' is undefined");
  }

  static Undefined attribute(Value owner, String name) {
    return new Undefined(
        owner == None.NONE
            ? "None has no attribute '" + name + "'"
            : "'" + owner.typeName() + " object' has no attribute '" + name + "'");
  }

  static Undefined element(Value owner, Value key) {
    if (key instanceof Str name) {
      return attribute(owner, name.text());
    }
    return new Undefined(owner.typeName() + " object has no element " + Repr.shortRepr(key));
  }

  TemplateException used() {
    return new TemplateException(hint);
  }

  @Override
  public boolean truthy() {
    return false;
  }

  @Override
  public String typeName() {
    return "Undefined";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Undefined;
  }

  @Override
  public int hashCode() {
    return 0;
  }
}
