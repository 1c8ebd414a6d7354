package io.firesteel.tornado.device;

import java.util.Arrays;

/**
 * Who used each element of an array, and in which phase of its group: a phase lasts from one
 * barrier to the next. Two uses are ordered if they are of one work item, or of one group in
 * different phases.
 *
 * <p>A user is a positive number: group and work item. Reads by several work items are kept as
 * "several of this group" or "several groups", which is all that a later write has to know.
 */
final class Shadow {
  /** No user. */
  static final int NOBODY = 0;

  private static final int ITEM_BITS = 11;
  private static final int SEVERAL_ITEMS = (1 << ITEM_BITS) - 1;
  private static final int SEVERAL_GROUPS = -1;

  private final int[] writer;
  private final int[] written;
  private final int[] reader;
  private final int[] read;
  private final boolean[] atomic;

  Shadow(int elements) {
    writer = new int[elements];
    written = new int[elements];
    reader = new int[elements];
    read = new int[elements];
    atomic = new boolean[elements];
  }

  /** The number of a user. */
  static int user(int group, int item) {
    return (group << ITEM_BITS) + item + 1;
  }

  /** A user in words. */
  static String text(int user) {
    if (user == SEVERAL_GROUPS) {
      return "work items of several groups";
    }
    int item = (user - 1) & SEVERAL_ITEMS;
    String who = item == SEVERAL_ITEMS - 1 ? "several work items" : "work item " + item;
    return who + " of group " + group(user);
  }

  private static int group(int user) {
    return user - 1 >> ITEM_BITS;
  }

  private static int several(int group) {
    return user(group, SEVERAL_ITEMS - 1);
  }

  int size() {
    return writer.length;
  }

  /** Forgets all uses. */
  void clear() {
    Arrays.fill(writer, NOBODY);
    Arrays.fill(reader, NOBODY);
    Arrays.fill(atomic, false);
  }

  boolean isWritten(int element) {
    return writer[element] != NOBODY;
  }

  /** Whether any element was read or updated. */
  boolean isRead() {
    for (int i = 0; i < reader.length; i++) {
      if (reader[i] != NOBODY || atomic[i]) {
        return true;
      }
    }
    return false;
  }

  /** Notes a read. Returns the user it races with, or {@link #NOBODY}. */
  int read(int element, int user, int phase) {
    int conflict = writerConflict(element, user, phase);
    if (conflict != NOBODY) {
      return conflict;
    }
    int other = reader[element];
    if (other == NOBODY || other == user) {
      reader[element] = user;
    } else if (other == SEVERAL_GROUPS || group(other) != group(user)) {
      reader[element] = SEVERAL_GROUPS;
    } else {
      reader[element] = read[element] == phase ? several(group(user)) : user;
    }
    read[element] = phase;
    return NOBODY;
  }

  /** Notes a write. Returns the user it races with, or {@link #NOBODY}. */
  int write(int element, int user, int phase) {
    int conflict = writerConflict(element, user, phase);
    conflict = conflict == NOBODY ? readerConflict(element, user, phase) : conflict;
    if (conflict == NOBODY) {
      note(element, user, phase, false);
    }
    return conflict;
  }

  /** Notes an atomic update, which races with all but atomic updates. */
  int update(int element, int user, int phase) {
    int conflict = atomic[element] ? NOBODY : writerConflict(element, user, phase);
    conflict = conflict == NOBODY ? readerConflict(element, user, phase) : conflict;
    if (conflict == NOBODY) {
      note(element, user, phase, true);
    }
    return conflict;
  }

  private void note(int element, int user, int phase, boolean atomically) {
    writer[element] = user;
    written[element] = phase;
    atomic[element] = atomically;
  }

  private int writerConflict(int element, int user, int phase) {
    int by = writer[element];
    boolean fine = by == NOBODY || by == user || ordered(by, written[element], user, phase);
    return fine ? NOBODY : by;
  }

  private int readerConflict(int element, int user, int phase) {
    int by = reader[element];
    boolean fine = by == NOBODY || by == user || ordered(by, read[element], user, phase);
    return fine ? NOBODY : by;
  }

  private static boolean ordered(int before, int beforePhase, int user, int phase) {
    return before != SEVERAL_GROUPS && group(before) == group(user) && beforePhase != phase;
  }
}
