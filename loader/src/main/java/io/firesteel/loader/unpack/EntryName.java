package io.firesteel.loader.unpack;

import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of files inside archives, and what they become outside. */
final class EntryName {
  private static final Pattern PART = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})\\.gguf");
  private static final Pattern COMPRESSION =
      Pattern.compile("(?i)\\.(gz|gzip|xz|zst|zstd|lz4|bz2|bzip2)$");
  private static final int LONGEST = 120;

  private EntryName() {}

  /**
   * The place of one file in a split model.
   *
   * @param prefix what the names of all parts begin with
   * @param number from 1
   * @param count how many parts there are
   */
  record Part(String prefix, int number, int count) {
    String fileName() {
      return "%s-%05d-of-%05d.gguf".formatted(prefix, number, count);
    }

    Part withNumber(int other) {
      return new Part(prefix, other, count);
    }
  }

  /** Reads a file name such as {@code model-00002-of-00005.gguf}; null if it is no part. */
  static Part part(String fileName) {
    Matcher matcher = PART.matcher(fileName);
    if (!matcher.matches()) {
      return null;
    }
    int number = Integer.parseInt(matcher.group(2));
    int count = Integer.parseInt(matcher.group(3));
    return number >= 1 && number <= count ? new Part(matcher.group(1), number, count) : null;
  }

  /** Refuses names that lead out of the folder an archive is unpacked to. */
  static void requireInside(Path source, String name) throws UnpackException {
    boolean absolute = name.matches("(?s)[/\\\\].*|[A-Za-z]:.*");
    boolean climbs = false;
    for (String step : name.split("[/\\\\]", -1)) {
      climbs |= step.equals("..");
    }
    if (absolute || climbs || name.indexOf('\0') >= 0) {
      throw new UnpackException(
          source,
          "holds an entry that points outside of the archive ("
              + printable(name)
              + "): refused as hostile");
    }
  }

  /** The plain file name that an entry is unpacked to: its last step, without odd characters. */
  static String fileName(String name) {
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    String plain = last.replaceAll("[^A-Za-z0-9._-]", "_").replaceFirst("^[.-]+", "");
    if (plain.toLowerCase(Locale.ROOT).endsWith(".gguf")) {
      plain = plain.substring(0, plain.length() - ".gguf".length());
    }
    String stem = plain.isEmpty() ? "model" : plain;
    return stem.substring(Math.max(0, stem.length() - LONGEST)) + ".gguf";
  }

  /** A file name without the ending of a compression: {@code a.gguf} of {@code a.gguf.xz}. */
  static String withoutCompression(String fileName) {
    return COMPRESSION.matcher(fileName).replaceFirst("");
  }

  /** A name as it can stand in a message. */
  static String printable(String name) {
    String plain = name.replaceAll("\\p{Cntrl}", "?");
    return plain.length() <= LONGEST ? plain : plain.substring(0, LONGEST) + "…";
  }
}
