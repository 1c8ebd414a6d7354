package io.firesteel.model.tokenizer;

/** What a token is for; a token may have several attributes. */
enum Attribute {
  UNKNOWN(0),
  UNUSED(1),
  NORMAL(2),
  CONTROL(3),
  USER_DEFINED(4),
  BYTE(5),
  /** Takes the white space before it along when it is found in text. */
  STRIPS_LEFT(6),
  /** Takes the white space after it along when it is found in text. */
  STRIPS_RIGHT(7);

  private final byte bit;

  Attribute(int position) {
    this.bit = (byte) (1 << position);
  }

  byte bit() {
    return bit;
  }

  /** The attributes of a token type, as {@code tokenizer.ggml.token_type} numbers them. */
  static byte ofTokenType(int type) {
    return switch (type) {
      case 1 -> NORMAL.bit();
      case 2 -> UNKNOWN.bit();
      case 3 -> CONTROL.bit();
      case 4 -> USER_DEFINED.bit();
      case 5 -> UNUSED.bit();
      case 6 -> BYTE.bit();
      default -> 0;
    };
  }
}
