package io.firesteel.model.template.jinja;

import java.math.BigInteger;

/**
 * An integer of at most {@link #MAX_BITS} bits.
 *
 * @param value the number
 */
record Int(BigInteger value) implements Value {
  /** Large enough for any sensible template, small enough that no arithmetic on it takes long. */
  static final int MAX_BITS = 4096;

  static final Int ZERO = new Int(BigInteger.ZERO);

  Int {
    if (value.bitLength() > MAX_BITS) {
      throw new TemplateLimitException("an integer of more than " + MAX_BITS + " bits");
    }
  }

  static Int of(long value) {
    return new Int(BigInteger.valueOf(value));
  }

  @Override
  public boolean truthy() {
    return value.signum() != 0;
  }

  @Override
  public String typeName() {
    return "int";
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
