package io.firesteel.model.tokenizer.pre;

/**
 * The alphabet of a {@link ClassifiedText}: ASCII stands for itself, every other code point for its
 * Unicode general category in one unit. Pre-tokeniser patterns test nothing finer than that, apart
 * from a few that name ranges of scripts.
 */
final class CharacterClass {

  /** Any non-ASCII code point of no category below: control, format, private use, unassigned. */
  static final byte OTHER = (byte) 0xD0;

  static final byte NUMBER = (byte) 0xD1;
  static final byte LETTER = (byte) 0xD2;
  static final byte PUNCTUATION = (byte) 0xD3;
  static final byte MARK = (byte) 0xD4;
  static final byte SYMBOL = (byte) 0xD5;

  /** Non-ASCII white space: what {@code \s} accepts and a literal blank does not. */
  static final byte WIDE_SPACE = 0x0B;

  private static final int IS_LETTER = 1;
  private static final int IS_NUMBER = 2;
  private static final int IS_SPACE = 4;
  private static final int IS_MARK = 8;
  private static final int IS_PUNCTUATION = 16;
  private static final int IS_SYMBOL = 32;

  private static final byte[] FLAGS = flags();

  /**
   * Ranges (first, last) that Unicode 16 assigned. Vocabularies in GGUF files are cut with the
   * tables of Unicode 15.1, to which these are unassigned.
   */
  private static final int[] ASSIGNED_LATER = {
    0x00897, 0x00897, 0x01B4E, 0x01B4F, 0x01B7F, 0x01B7F, 0x01C89, 0x01C8A, 0x02427, 0x02429,
    0x031E4, 0x031E5, 0x0A7CB, 0x0A7CD, 0x0A7DA, 0x0A7DC, 0x105C0, 0x105F3, 0x10D40, 0x10D65,
    0x10D69, 0x10D85, 0x10D8E, 0x10D8F, 0x10EC2, 0x10EC4, 0x10EFC, 0x10EFC, 0x11380, 0x113E2,
    0x116D0, 0x116E3, 0x11BC0, 0x11BE1, 0x11BF0, 0x11BF9, 0x11F5A, 0x11F5A, 0x13460, 0x143FA,
    0x16100, 0x16139, 0x16D40, 0x16D79, 0x18CFF, 0x18CFF, 0x1CC00, 0x1CCF9, 0x1CD00, 0x1CEB3,
    0x1E5D0, 0x1E5FA, 0x1E5FF, 0x1E5FF, 0x1F8B2, 0x1F8BB, 0x1F8C0, 0x1F8C1, 0x1FA89, 0x1FA89,
    0x1FA8F, 0x1FA8F, 0x1FABE, 0x1FABE, 0x1FAC6, 0x1FAC6, 0x1FADC, 0x1FADC, 0x1FADF, 0x1FADF,
    0x1FAE9, 0x1FAE9, 0x1FBCB, 0x1FBEF
  };

  private CharacterClass() {}

  static boolean isLetter(byte unit) {
    return (FLAGS[unit & 0xFF] & IS_LETTER) != 0;
  }

  static boolean isNumber(byte unit) {
    return (FLAGS[unit & 0xFF] & IS_NUMBER) != 0;
  }

  static boolean isSpace(byte unit) {
    return (FLAGS[unit & 0xFF] & IS_SPACE) != 0;
  }

  static boolean isMark(byte unit) {
    return (FLAGS[unit & 0xFF] & IS_MARK) != 0;
  }

  static boolean isLetterOrMark(byte unit) {
    return (FLAGS[unit & 0xFF] & (IS_LETTER | IS_MARK)) != 0;
  }

  static boolean isLetterOrNumber(byte unit) {
    return (FLAGS[unit & 0xFF] & (IS_LETTER | IS_NUMBER)) != 0;
  }

  static boolean isPunctuation(byte unit) {
    return (FLAGS[unit & 0xFF] & IS_PUNCTUATION) != 0;
  }

  static boolean isPunctuationOrSymbol(byte unit) {
    return (FLAGS[unit & 0xFF] & (IS_PUNCTUATION | IS_SYMBOL)) != 0;
  }

  /** {@code [^\s\p{L}\p{N}]} */
  static boolean isNeitherSpaceNorWord(byte unit) {
    return (FLAGS[unit & 0xFF] & (IS_SPACE | IS_LETTER | IS_NUMBER)) == 0;
  }

  /** {@code [^\s\p{L}\p{M}\p{N}]} */
  static boolean isNeitherSpaceNorMarkedWord(byte unit) {
    return (FLAGS[unit & 0xFF] & (IS_SPACE | IS_LETTER | IS_MARK | IS_NUMBER)) == 0;
  }

  static boolean isLineBreak(byte unit) {
    return unit == '\n' || unit == '\r';
  }

  static boolean isAsciiDigit(byte unit) {
    return unit >= '0' && unit <= '9';
  }

  static boolean isAsciiLetter(byte unit) {
    return isAsciiLower(unit) || isAsciiUpper(unit);
  }

  static boolean isAsciiLower(byte unit) {
    return unit >= 'a' && unit <= 'z';
  }

  static boolean isAsciiUpper(byte unit) {
    return unit >= 'A' && unit <= 'Z';
  }

  /** White space as Unicode's White_Space property has it. */
  static boolean isWhiteSpace(int codePoint) {
    if (codePoint < 0x80) {
      return codePoint == ' ' || (codePoint >= '\t' && codePoint <= '\r');
    }
    return codePoint == 0x85
        || codePoint == 0xA0
        || codePoint == 0x1680
        || (codePoint >= 0x2000 && codePoint <= 0x200A)
        || codePoint == 0x2028
        || codePoint == 0x2029
        || codePoint == 0x202F
        || codePoint == 0x205F
        || codePoint == 0x3000;
  }

  /** The unit that stands for a code point. */
  static byte of(int codePoint) {
    if (codePoint < 0x80) {
      return (byte) codePoint;
    }
    if (isWhiteSpace(codePoint)) {
      return WIDE_SPACE;
    }
    if (isAssignedLater(codePoint)) {
      return OTHER;
    }
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          MARK;
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          PUNCTUATION;
      case Character.MATH_SYMBOL,
          Character.CURRENCY_SYMBOL,
          Character.MODIFIER_SYMBOL,
          Character.OTHER_SYMBOL ->
          SYMBOL;
      default -> OTHER;
    };
  }

  private static boolean isAssignedLater(int codePoint) {
    if (codePoint < ASSIGNED_LATER[0]) {
      return false;
    }
    for (int i = 0; i < ASSIGNED_LATER.length; i += 2) {
      if (codePoint <= ASSIGNED_LATER[i + 1]) {
        return codePoint >= ASSIGNED_LATER[i];
      }
    }
    return false;
  }

  private static byte[] flags() {
    byte[] flags = new byte[256];
    for (int c = 0; c < 0x80; c++) {
      byte unit = (byte) c;
      if (isAsciiLetter(unit)) {
        flags[c] = IS_LETTER;
      } else if (isAsciiDigit(unit)) {
        flags[c] = IS_NUMBER;
      } else if (isWhiteSpace(c)) {
        flags[c] = IS_SPACE;
      }
    }
    for (char c : "!\"#%&'()*,-./:;?@[\\]_{}".toCharArray()) {
      flags[c] = IS_PUNCTUATION;
    }
    // '~' is a symbol to Unicode but to none of the published patterns' ASCII tables.
    for (char c : "$+<=>^`|".toCharArray()) {
      flags[c] = IS_SYMBOL;
    }
    flags[NUMBER & 0xFF] = IS_NUMBER;
    flags[LETTER & 0xFF] = IS_LETTER;
    flags[PUNCTUATION & 0xFF] = IS_PUNCTUATION;
    flags[MARK & 0xFF] = IS_MARK;
    flags[SYMBOL & 0xFF] = IS_SYMBOL;
    return flags;
  }
}
