package io.firesteel.loader;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Models split into several files, named {@code NAME-00001-of-00003.gguf} and so on. Each part says
 * which one it is; the first has all metadata of the model.
 */
final class SplitFiles {
  private static final String COUNT = "split.count";
  private static final String NUMBER = "split.no";
  private static final String TENSOR_COUNT = "split.tensors.count";
  private static final int MOST_PARTS = 65_535;
  private static final Pattern NAME = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})(\\.gguf)?");

  private SplitFiles() {}

  /** In how many files the model is. */
  static int count(Metadata metadata) {
    return metadata.has(COUNT) ? metadata.integerBetween(COUNT, 0, MOST_PARTS) : 1;
  }

  /**
   * Paths of all parts of a model.
   *
   * @param part one of them
   * @throws GgufException if its name is no part's name, or if other parts are missing
   */
  static List<Path> parts(Path part, Metadata metadata) {
    int count = count(metadata);
    Matcher name = NAME.matcher(part.getFileName().toString());
    if (!name.matches()
        || Integer.parseInt(name.group(3)) != count
        || Integer.parseInt(name.group(2)) < 1
        || Integer.parseInt(name.group(2)) > count) {
      throw metadata.error(
          COUNT,
          String.format(
              Locale.ROOT,
              "found %d, expected a file named like model-00001-of-%05d.gguf: rename the parts",
              count,
              count));
    }
    String end = name.group(4) == null ? "" : name.group(4);
    List<Path> parts =
        IntStream.rangeClosed(1, count)
            .mapToObj(
                i -> String.format(Locale.ROOT, "%s-%05d-of-%05d%s", name.group(1), i, count, end))
            .map(part::resolveSibling)
            .toList();
    requireAll(parts, metadata);
    return parts;
  }

  private static void requireAll(List<Path> parts, Metadata metadata) {
    List<Path> missing = parts.stream().filter(path -> !Files.exists(path)).toList();
    if (!missing.isEmpty()) {
      String names =
          missing.stream()
              .limit(5)
              .map(path -> path.getFileName().toString())
              .collect(Collectors.joining(", "));
      throw metadata.error(
          COUNT,
          "found %d, but %d of the parts are not beside this one: %s%s"
              .formatted(parts.size(), missing.size(), names, missing.size() > 5 ? ", ..." : ""));
    }
  }

  /** Checks that parts belong together and stand in order. */
  static void requireConsistent(List<GgufHeader> parts) {
    int tensors = 0;
    for (int i = 0; i < parts.size(); i++) {
      Metadata metadata = parts.get(i).metadata();
      metadata.integerBetween(COUNT, parts.size(), parts.size());
      metadata.integerBetween(NUMBER, i, i);
      tensors += parts.get(i).tensors().size();
    }
    Metadata first = parts.getFirst().metadata();
    if (first.has(TENSOR_COUNT)) {
      first.integerBetween(TENSOR_COUNT, tensors, tensors);
    }
  }
}
