package io.firesteel.loader;

import java.util.Map;

/** Knows what a file is when it is not the GGUF file that was hoped for. */
final class FileSignature {
  private static final Map<Long, String> REMOVED_TYPES =
      Map.of(
          4L, "Q4_2",
          5L, "Q4_3",
          31L, "Q4_0_4_4",
          32L, "Q4_0_4_8",
          33L, "Q4_0_8_8",
          36L, "IQ4_NL_4_4",
          37L, "IQ4_NL_4_8",
          38L, "IQ4_NL_8_8");

  private FileSignature() {}

  /** Refuses an empty file. */
  static void check(HeaderReader in) {
    if (in.size() == 0) {
      throw in.error(0, "magic", "the file is empty, expected a GGUF file");
    }
  }

  /** What to say of a tensor type that ggml does not define, or no longer. */
  static String unknownType(long id) {
    String removed = REMOVED_TYPES.get(id);
    return removed == null
        ? "found type " + id + ", expected one that ggml defines (0 to 41)"
        : "found %s (type %d), which ggml has removed: quantise the model again"
            .formatted(removed, id);
  }
}
