package io.firesteel.model;

import io.firesteel.loader.Metadata;
import java.util.Optional;

/** How the hidden states of a text's tokens become one vector. */
public enum Pooling {
  /** Their mean. */
  MEAN,
  /** That of the first token. */
  FIRST,
  /** That of the last token, the only one that has seen the whole text. */
  LAST;

  private static final String KEY = "%s.pooling_type";
  private static final int RANK = 4;

  /** Whether a model scores pairs of texts and makes no vectors of them. */
  static boolean isRanking(Metadata metadata, String architecture) {
    return metadata.integer(KEY.formatted(architecture), 0) == RANK;
  }

  /**
   * What a model's file asks for.
   *
   * @return empty if it asks for none
   * @throws io.firesteel.loader.GgufException if it asks for what is unknown
   */
  static Optional<Pooling> of(Metadata metadata, String architecture) {
    String key = KEY.formatted(architecture);
    long type = metadata.integer(key, 0);
    return switch ((int) type) {
      case 0, RANK -> Optional.empty();
      case 1 -> Optional.of(MEAN);
      case 2 -> Optional.of(FIRST);
      case 3 -> Optional.of(LAST);
      default -> throw metadata.error(key, "found " + type + ", expected 0 to 4");
    };
  }
}
