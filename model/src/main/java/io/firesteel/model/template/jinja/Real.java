package io.firesteel.model.template.jinja;

/**
 * A floating-point number, Python's {@code float}.
 *
 * @param value the number
 */
record Real(double value) implements Value {
  @Override
  public boolean truthy() {
    return value != 0;
  }

  @Override
  public String typeName() {
    return "float";
  }

  @Override
  public boolean equals(Object other) {
    return this == other || Numeric.equal(this, other);
  }

  @Override
  public int hashCode() {
    return Numeric.hash(this);
  }
}
