package io.firesteel.model.tokenizer.pre;

import static io.firesteel.model.tokenizer.pre.Pass.NO_MATCH;

/**
 * The first passes of Chameleon's pre-tokeniser: its sentinel and image tokens, and indentation.
 */
final class ChameleonTokens {

  private ChameleonTokens() {}

  /** {@code <sentinel:[0-9]+>} */
  static int sentinel(ClassifiedText text, int at, int end) {
    int digits = literal(text, at, end, "<sentinel:");
    if (digits == NO_MATCH) {
      return NO_MATCH;
    }
    int stop = Runs.endOfRun(text, digits, end, CharacterClass::isAsciiDigit);
    return stop > digits && stop < end && text.unit(stop) == '>' ? stop + 1 : NO_MATCH;
  }

  /** {@code IMGIMG[A-I]{1,4}Z} */
  static int image(ClassifiedText text, int at, int end) {
    int code = literal(text, at, end, "IMGIMG");
    if (code == NO_MATCH) {
      return NO_MATCH;
    }
    int stop = Runs.endOfRun(text, code, Math.min(end, code + 4), u -> u >= 'A' && u <= 'I');
    return stop > code && stop < end && text.unit(stop) == 'Z' ? stop + 1 : NO_MATCH;
  }

  /** {@code [\t\n]| | } */
  static int indentation(ClassifiedText text, int at, int end) {
    byte unit = text.unit(at);
    if (unit == '\t' || unit == '\n') {
      return at + 1;
    }
    int four = literal(text, at, end, "    ");
    return four == NO_MATCH ? literal(text, at, end, "  ") : four;
  }

  /** One character of {@code \p{P}} or of ASCII punctuation. */
  static int punctuation(ClassifiedText text, int at, int end) {
    byte unit = text.unit(at);
    boolean ascii =
        unit > ' '
            && unit < 0x7F
            && !CharacterClass.isAsciiLetter(unit)
            && !CharacterClass.isAsciiDigit(unit);
    return ascii || CharacterClass.isPunctuation(unit) ? at + 1 : NO_MATCH;
  }

  private static int literal(ClassifiedText text, int at, int end, String ascii) {
    if (end - at < ascii.length()) {
      return NO_MATCH;
    }
    for (int i = 0; i < ascii.length(); i++) {
      if (text.unit(at + i) != ascii.charAt(i)) {
        return NO_MATCH;
      }
    }
    return at + ascii.length();
  }
}
