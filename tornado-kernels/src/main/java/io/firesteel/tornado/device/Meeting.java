package io.firesteel.tornado.device;

import java.util.Arrays;
import java.util.Optional;

/**
 * Work items that wait for each other: a group at a barrier, or a warp in one of its operations.
 */
final class Meeting {
  static final int WARP = 32;

  private final int first;
  private final String[] operations;
  private final int[] lines;
  private float[] values;
  private int arrived;

  Meeting(int first, int size) {
    this.first = first;
    operations = new String[size];
    lines = new int[size];
    values = new float[size];
  }

  int first() {
    return first;
  }

  int size() {
    return lines.length;
  }

  int arrived() {
    return arrived;
  }

  /** Notes an arrival; true if it is the last. */
  boolean arrive(int item, String operation, int line, float value) {
    operations[item - first] = operation;
    lines[item - first] = line;
    values[item - first] = value;
    return ++arrived == lines.length;
  }

  /** The values of the present meeting, by lane. */
  float[] posted() {
    return values;
  }

  /** Makes room for the next meeting; who waits still sees the values of this one. */
  void clear() {
    arrived = 0;
    Arrays.fill(operations, null);
    values = new float[values.length];
  }

  /** Tells of two that came from different places. */
  Optional<String> differentPlaces() {
    for (int i = 1; i < lines.length; i++) {
      if (lines[i] != lines[0] || !operations[i].equals(operations[0])) {
        return Optional.of("%s and %s".formatted(place(0), place(i)));
      }
    }
    return Optional.empty();
  }

  String whoWaits() {
    for (int i = 0; i < lines.length; i++) {
      if (operations[i] != null) {
        return "%s, %d of %d have arrived".formatted(place(i), arrived, lines.length);
      }
    }
    return "nobody waits";
  }

  private String place(int index) {
    return "work item %d waits in %s at line %d"
        .formatted(first + index, operations[index], lines[index]);
  }
}
