package io.firesteel.model;

import java.util.Collection;
import java.util.List;

/**
 * Watches streamed text for stop strings. Text that could be the beginning of one is held back
 * until it is clear that it is not; a stop string and what follows it are never let through. The
 * string that is complete first counts, the longest of those complete at once.
 */
final class StopFilter {
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private String stoppedBy;

  StopFilter(Collection<String> stops) {
    this.stops = List.copyOf(stops);
  }

  /** Takes more text and returns what is certain not to belong to a stop string. */
  String accept(String text) {
    if (stops.isEmpty()) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length() && stoppedBy == null; i++) {
      held.append(text.charAt(i));
      stoppedBy = completed();
      int kept = stoppedBy == null ? longestBeginning() : stoppedBy.length();
      out.append(held, 0, held.length() - kept);
      held.delete(0, held.length() - kept);
    }
    return out.toString();
  }

  private String completed() {
    String longest = null;
    for (String stop : stops) {
      if (endsWith(stop, stop.length()) && (longest == null || stop.length() > longest.length())) {
        longest = stop;
      }
    }
    return longest;
  }

  /** Length of the longest end of the held text that a stop string begins with. */
  private int longestBeginning() {
    int longest = 0;
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
        if (endsWith(stop, length)) {
          longest = length;
        }
      }
    }
    return longest;
  }

  private boolean endsWith(String stop, int length) {
    int start = held.length() - length;
    if (start < 0) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (held.charAt(start + i) != stop.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** The stop string that was met, or null. */
  String stoppedBy() {
    return stoppedBy;
  }

  /** What is still held back, once no more text will come. */
  String rest() {
    String rest = stoppedBy == null ? held.toString() : "";
    held.setLength(0);
    return rest;
  }
}
