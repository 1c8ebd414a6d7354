package io.firesteel.model.tokenizer;

import java.util.Arrays;

/**
 * Takes out the blanks that some vocabularies leave before punctuation and contractions ("clean up
 * tokenization spaces"), in three passes over the bytes.
 */
final class SpaceCleaner {

  private SpaceCleaner() {}

  static byte[] clean(byte[] text) {
    return withoutBlankBeforeContraction(
        withoutBlanksAroundApostrophe(withoutBlankBeforePunctuation(text)));
  }

  /** {@code " ?" " !" " ." " ,"} */
  private static byte[] withoutBlankBeforePunctuation(byte[] text) {
    byte[] kept = new byte[text.length];
    int count = 0;
    for (int i = 0; i < text.length; i++) {
      byte b = text[i];
      boolean punctuation = b == '?' || b == '!' || b == '.' || b == ',';
      if (punctuation && i > 0 && text[i - 1] == ' ') {
        count--;
      }
      kept[count++] = b;
    }
    return Arrays.copyOf(kept, count);
  }

  /** {@code " ' "} */
  private static byte[] withoutBlanksAroundApostrophe(byte[] text) {
    byte[] kept = new byte[text.length];
    int count = 0;
    boolean blankTaken = false;
    for (int i = 0; i < text.length; i++) {
      boolean afterBlank = i > 0 && text[i - 1] == ' ' && !blankTaken;
      blankTaken = false;
      kept[count] = text[i];
      if (text[i] == '\'' && afterBlank && i + 1 < text.length && text[i + 1] == ' ') {
        kept[--count] = '\'';
        i++;
        blankTaken = true;
      }
      count++;
    }
    return Arrays.copyOf(kept, count);
  }

  /** {@code " 's" " 'm" " 're" " 've"} */
  private static byte[] withoutBlankBeforeContraction(byte[] text) {
    byte[] kept = new byte[text.length];
    int count = 0;
    for (int i = 0; i < text.length; i++) {
      if (i > 0 && text[i - 1] == ' ' && isContraction(text, i)) {
        count--;
      }
      kept[count++] = text[i];
    }
    return Arrays.copyOf(kept, count);
  }

  private static boolean isContraction(byte[] text, int at) {
    if (text[at] != '\'' || at + 1 >= text.length) {
      return false;
    }
    byte first = text[at + 1];
    if (first == 's' || first == 'm') {
      return true;
    }
    return at + 2 < text.length && (first == 'r' || first == 'v') && text[at + 2] == 'e';
  }
}
