package io.firesteel.loader;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
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

  private static final int PEEKED = 24;

  private static final Map<String, String> KINDS =
      Map.ofEntries(
          Map.entry("FUGG", "found a file with its bytes swapped"),
          Map.entry("\u001f\u008b", "found a gzip file: unpack it first"),
          Map.entry("\u00fd7zXZ", "found an xz file: unpack it first"),
          Map.entry("(\u00b5/\u00fd", "found a Zstandard file: unpack it first"),
          Map.entry("\u0004\"M\u0018", "found an LZ4 file: unpack it first"),
          Map.entry("BZh", "found a bzip2 file: unpack it first"),
          Map.entry("PK\u0003\u0004", "found a zip or PyTorch file: unpack or convert it first"),
          Map.entry("lmgg", "found a GGML file, from before GGUF: convert the model again"),
          Map.entry("fmgg", "found a GGMF file, from before GGUF: convert the model again"),
          Map.entry("tjgg", "found a GGJT file, from before GGUF: convert the model again"),
          Map.entry("version https://git-lfs", "found a Git LFS pointer: run git lfs pull"),
          Map.entry("<!DOCTYPE", "found a web page: download the file itself"),
          Map.entry("<html", "found a web page: download the file itself"));

  private FileSignature() {}

  /** Refuses a file that does not begin as GGUF files do, saying what it seems to be. */
  static void requireGguf(HeaderReader in) {
    if (in.size() == 0) {
      throw in.error(0, "magic", "the file is empty, expected a GGUF file");
    }
    String start = new String(in.peek(PEEKED), StandardCharsets.ISO_8859_1);
    if (start.startsWith("GGUF")) {
      return;
    }
    String kind =
        KINDS.entrySet().stream()
            .filter(entry -> start.startsWith(entry.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseGet(() -> "found " + hex(start));
    throw in.error(0, "magic", kind + ", expected GGUF");
  }

  private static String hex(String start) {
    String head = start.substring(0, Math.min(4, start.length()));
    return "bytes "
        + HexFormat.ofDelimiter(" ").formatHex(head.getBytes(StandardCharsets.ISO_8859_1));
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
