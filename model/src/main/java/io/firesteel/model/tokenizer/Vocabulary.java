package io.firesteel.model.tokenizer;

import io.firesteel.loader.Metadata;
import io.firesteel.loader.MetadataValue.StringArray;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The tokens of a file: texts, scores and attributes, by id. Attributes change while loading. */
final class Vocabulary {

  private static final String TOKENS = "tokenizer.ggml.tokens";
  private static final String SCORES = "tokenizer.ggml.scores";
  private static final String TYPES = "tokenizer.ggml.token_type";

  private final byte[][] texts;
  private final ByteStrings index;
  private final float[] scores;
  private final byte[] attributes;

  private Vocabulary(byte[][] texts, ByteStrings index, float[] scores, byte[] attributes) {
    this.texts = texts;
    this.index = index;
    this.scores = scores;
    this.attributes = attributes;
  }

  static Vocabulary read(Metadata metadata) {
    byte[][] texts = texts(metadata);
    return new Vocabulary(
        texts,
        index(metadata, texts),
        scores(metadata, texts.length),
        attributes(metadata, texts.length));
  }

  private static byte[][] texts(Metadata metadata) {
    StringArray tokens = metadata.stringArray(TOKENS);
    if (tokens.size() == 0) {
      throw metadata.error(TOKENS, "found no tokens, expected at least one");
    }
    byte[][] texts = new byte[tokens.size()][];
    for (int id = 0; id < texts.length; id++) {
      byte[] text = tokens.utf8(id);
      texts[id] = text.length > 0 ? text : ascii("[EMPTY_" + id + "]");
    }
    return texts;
  }

  private static ByteStrings index(Metadata metadata, byte[][] texts) {
    ByteStrings index = new ByteStrings(texts.length, 8 * texts.length);
    for (int id = 0; id < texts.length; id++) {
      int found = index.intern(texts[id], 0, texts[id].length);
      if (found != id) {
        throw metadata.error(
            TOKENS + "[" + id + "]",
            "found '"
                + string(texts[id])
                + "' again, which is token "
                + found
                + "; expected each token once");
      }
    }
    return index;
  }

  private static float[] scores(Metadata metadata, int size) {
    if (!metadata.has(SCORES)) {
      return new float[size];
    }
    float[] scores = metadata.floats(SCORES);
    requireOnePerToken(metadata, SCORES, scores.length, size);
    for (int id = 0; id < size; id++) {
      if (Float.isNaN(scores[id])) {
        throw metadata.error(SCORES + "[" + id + "]", "found NaN, expected a number");
      }
    }
    return scores;
  }

  private static byte[] attributes(Metadata metadata, int size) {
    byte[] attributes = new byte[size];
    if (!metadata.has(TYPES)) {
      Arrays.fill(attributes, Attribute.NORMAL.bit());
      return attributes;
    }
    int[] types = metadata.integers(TYPES);
    requireOnePerToken(metadata, TYPES, types.length, size);
    for (int id = 0; id < size; id++) {
      attributes[id] = Attribute.ofTokenType(types[id]);
    }
    return attributes;
  }

  private static void requireOnePerToken(Metadata metadata, String key, int found, int tokens) {
    if (found < tokens) {
      throw metadata.error(
          key, "found " + found + " elements, expected one for each of " + tokens + " tokens");
    }
  }

  int size() {
    return texts.length;
  }

  /** UTF-8 of a token as the file spells it; not to be changed. */
  byte[] text(int id) {
    return texts[id];
  }

  String string(int id) {
    return string(texts[id]);
  }

  float score(int id) {
    return scores[id];
  }

  boolean has(int id, Attribute attribute) {
    return (attributes[id] & attribute.bit()) != 0;
  }

  boolean isControlOrUnknown(int id) {
    return has(id, Attribute.CONTROL) || has(id, Attribute.UNKNOWN);
  }

  void add(int id, Attribute attribute) {
    attributes[id] |= attribute.bit();
  }

  void remove(int id, Attribute attribute) {
    attributes[id] &= (byte) ~attribute.bit();
  }

  void setOnly(int id, Attribute attribute) {
    attributes[id] = attribute.bit();
  }

  /** Id of the token with a text, or {@link ByteStrings#ABSENT}. */
  int find(byte[] utf8, int from, int to) {
    return index.find(utf8, from, to);
  }

  int find(String text) {
    return index.find(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static String string(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
