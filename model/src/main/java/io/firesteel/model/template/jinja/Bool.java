package io.firesteel.model.template.jinja;

/** A truth value; a kind of integer, as in Python. */
final class Bool implements Value {
  static final Bool FALSE = new Bool(false);
  static final Bool TRUE = new Bool(true);

  private final boolean value;

  private Bool(boolean value) {
    this.value = value;
  }

  static Bool of(boolean value) {
    return value ? TRUE : FALSE;
  }

  boolean value() {
    return value;
  }

  @Override
  public boolean truthy() {
    return value;
  }

  @Override
  public String typeName() {
    return "bool";
  }

  @Override
  public boolean equals(Object other) {
    return Numeric.equal(this, other);
  }

  @Override
  public int hashCode() {
    return Numeric.hash(this);
  }
}
