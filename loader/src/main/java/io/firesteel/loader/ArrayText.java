package io.firesteel.loader;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How arrays are shown: their first elements and how many there are. */
final class ArrayText {
  private static final int SHOWN = 8;

  private ArrayText() {}

  static String of(MetadataValue.ArrayValue array) {
    String elements =
        IntStream.range(0, Math.min(SHOWN, array.size()))
            .mapToObj(i -> array.element(i).toString())
            .collect(Collectors.joining(", "));
    return array.size() <= SHOWN
        ? "[" + elements + "]"
        : "[" + elements + ", ... " + array.size() + " " + array.elementType() + "]";
  }
}
