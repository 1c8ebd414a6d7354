package io.firesteel.model.tokenizer;

import java.util.Arrays;
import java.util.BitSet;

/**
 * SentencePiece's BPE (Kudo and Richardson 2018): blanks become {@code ▁}; the two neighbours whose
 * concatenation is the token of highest score merge first; characters without a token fall back to
 * byte tokens, or to the unknown token.
 */
final class SentencePieceEncoder implements Encoder {

  private static final byte[] SPACE = {(byte) 0xE2, (byte) 0x96, (byte) 0x81};
  private static final int SPACE_CODE_POINT = 0x2581;
  private static final int NO_TOKEN = ByteStrings.ABSENT;

  private final Vocabulary vocabulary;
  private final boolean addsSpacePrefix;
  private final int unknown;
  private final int[] ranks;
  private final int[] byteTokens;

  /** Characters that some token has before a {@code ▁}. After all others words are independent. */
  private final BitSet joinedToSpace;

  SentencePieceEncoder(Vocabulary vocabulary, boolean addsSpacePrefix, int unknown) {
    this.vocabulary = vocabulary;
    this.addsSpacePrefix = addsSpacePrefix;
    this.unknown = unknown;
    this.ranks = ranks(vocabulary);
    this.byteTokens = byteTokens(vocabulary);
    this.joinedToSpace = joinedToSpace(vocabulary);
  }

  /** Position of each token's score among all scores, the highest first; equal for equal scores. */
  private static int[] ranks(Vocabulary vocabulary) {
    float[] ascending = new float[vocabulary.size()];
    for (int id = 0; id < ascending.length; id++) {
      ascending[id] = vocabulary.score(id) + 0.0f; // makes -0 equal to 0
    }
    int[] ranks = new int[ascending.length];
    float[] scores = ascending.clone();
    Arrays.sort(ascending);
    for (int id = 0; id < ranks.length; id++) {
      ranks[id] = ascending.length - lastAtMost(ascending, scores[id]);
    }
    return ranks;
  }

  /** Number of values that are at most {@code value}. */
  private static int lastAtMost(float[] ascending, float value) {
    int low = 0;
    int high = ascending.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ascending[middle] <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int[] byteTokens(Vocabulary vocabulary) {
    int[] tokens = new int[256];
    for (int b = 0; b < 256; b++) {
      int token = vocabulary.find(String.format("<0x%02X>", b));
      tokens[b] = token != NO_TOKEN || b >= 0x80 ? token : vocabulary.find(Character.toString(b));
    }
    return tokens;
  }

  private static BitSet joinedToSpace(Vocabulary vocabulary) {
    BitSet joined = new BitSet();
    for (int id = 0; id < vocabulary.size(); id++) {
      byte[] text = vocabulary.text(id);
      int before = SPACE_CODE_POINT;
      for (int i = 0; i < text.length; i += Utf8.length(text[i])) {
        int codePoint = Utf8.codePointAt(text, i);
        if (codePoint == SPACE_CODE_POINT && before != SPACE_CODE_POINT) {
          joined.set(before);
        }
        before = codePoint;
      }
    }
    return joined;
  }

  @Override
  public void encode(byte[] utf8, int from, int to, boolean afterSpecial, IntList ids) {
    byte[] text = escape(utf8, from, to, addsSpacePrefix && afterSpecial);
    SpanMerger merger = new SpanMerger(text);
    boolean wordEnds = false;
    for (int i = 0; i < text.length; ) {
      int length = Math.min(Utf8.length(text[i]), text.length - i);
      boolean space = isSpace(text, i, length);
      if (space && wordEnds) {
        merger.flush(i, ids);
      }
      merger.add(SpanMerger.CHARACTER, i);
      wordEnds = !space && !joinsSpace(text, i, length);
      i += length;
    }
    merger.flush(text.length, ids);
  }

  private static byte[] escape(byte[] utf8, int from, int to, boolean prefix) {
    int blanks = prefix ? 1 : 0;
    for (int i = from; i < to; i++) {
      blanks += utf8[i] == ' ' ? 1 : 0;
    }
    int size = Math.addExact(to - from, Math.multiplyExact(2, blanks));
    byte[] escaped = new byte[prefix ? Math.addExact(size, 1) : size];
    int count = 0;
    if (prefix) {
      count = appendSpace(escaped, count);
    }
    for (int i = from; i < to; i++) {
      if (utf8[i] == ' ') {
        count = appendSpace(escaped, count);
      } else {
        escaped[count++] = utf8[i];
      }
    }
    return escaped;
  }

  private static int appendSpace(byte[] out, int count) {
    System.arraycopy(SPACE, 0, out, count, SPACE.length);
    return count + SPACE.length;
  }

  private static boolean isSpace(byte[] text, int at, int length) {
    return length == 3
        && text[at] == SPACE[0]
        && text[at + 1] == SPACE[1]
        && text[at + 2] == SPACE[2];
  }

  /** Whether a token may go on from this character to a space; a stray byte is in no token. */
  private boolean joinsSpace(byte[] text, int at, int length) {
    if (Utf8.length(text[at]) != length) {
      return true;
    }
    int codePoint = Utf8.codePointAt(text, at);
    return codePoint >= 0 && joinedToSpace.get(codePoint);
  }

  private final class SpanMerger extends Merger {
    /** A character as it stands in the text, token or not. */
    static final int CHARACTER = Integer.MAX_VALUE;

    private final byte[] text;

    SpanMerger(byte[] text) {
      this.text = text;
    }

    @Override
    long merge(int left, int leftStart, int right, int rightEnd) {
      int token = vocabulary.find(text, leftStart, rightEnd);
      return token == NO_TOKEN ? NONE : merge(ranks[token], token);
    }

    void flush(int end, IntList ids) {
      run(end);
      for (int i = 0; i < count; i++) {
        if (symbols[i] != CHARACTER) {
          ids.add(symbols[i]);
        } else {
          emitCharacter(starts[i], starts[i + 1], ids);
        }
      }
      clear();
    }

    private void emitCharacter(int from, int to, IntList ids) {
      int token = vocabulary.find(text, from, to);
      if (token != NO_TOKEN) {
        ids.add(token);
      } else if (hasByteTokens(from, to)) {
        for (int i = from; i < to; i++) {
          ids.add(byteTokens[text[i] & 0xFF]);
        }
      } else {
        ids.add(unknown);
      }
    }

    private boolean hasByteTokens(int from, int to) {
      for (int i = from; i < to; i++) {
        if (byteTokens[text[i] & 0xFF] == NO_TOKEN) {
          return false;
        }
      }
      return true;
    }
  }
}
