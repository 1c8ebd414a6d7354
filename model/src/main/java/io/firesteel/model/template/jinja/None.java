package io.firesteel.model.template.jinja;

/** Python's {@code None}. */
enum None implements Value {
  NONE;

  @Override
  public boolean truthy() {
    return false;
  }

  @Override
  public String typeName() {
    return "NoneType";
  }
}
