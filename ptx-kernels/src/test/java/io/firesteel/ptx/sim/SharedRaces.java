package io.firesteel.ptx.sim;

import java.util.Arrays;

/**
 * Finds accesses to shared memory that no barrier orders, in the manner of FastTrack (Flanagan and
 * Freund, 2009). Each warp has a clock that advances when it synchronises; a barrier passes on what
 * every warp has done before it.
 *
 * <p>Granularity is a word of four bytes. Accesses of fewer bytes are not checked against each
 * other, since they may touch different bytes of a word.
 */
final class SharedRaces {
  private static final long NONE = 0;
  private static final long PARTIAL = 1L << 62;
  private static final long ATOMIC = 1L << 61;
  private static final int WARP_SHIFT = 8;
  private static final int CLOCK_SHIFT = 16;
  private static final long CLOCK_MASK = (1L << 40) - 1;

  private final int warps;
  private final long[] writes;
  private final long[] reads;
  private final long[][] sharedReads;
  private final long[][] known;

  SharedRaces(int bytes, int warps) {
    this.warps = warps;
    int words = Math.ceilDiv(bytes, 4);
    writes = new long[words];
    reads = new long[words];
    sharedReads = new long[words][];
    known = new long[warps][warps];
    for (int warp = 0; warp < warps; warp++) {
      known[warp][warp] = 1;
    }
  }

  /** The warp has executed an instruction that its lanes meet at. */
  void meet(int warp) {
    known[warp][warp]++;
  }

  /** A barrier is complete: those who wait learn what all arrivals have done. */
  void barrier(boolean[] arrived, boolean[] waits) {
    long[] joined = new long[warps];
    for (int warp = 0; warp < warps; warp++) {
      if (arrived[warp]) {
        for (int other = 0; other < warps; other++) {
          joined[other] = Math.max(joined[other], known[warp][other]);
        }
      }
    }
    for (int warp = 0; warp < warps; warp++) {
      if (waits[warp]) {
        long own = known[warp][warp];
        known[warp] = joined.clone();
        known[warp][warp] = own;
      }
      if (arrived[warp]) {
        known[warp][warp]++;
      }
    }
  }

  /** Returns what this read races with, or null. */
  String read(int warp, int lane, int offset, int bytes) {
    boolean partial = bytes < 4;
    long stamp = stamp(warp, lane) | (partial ? PARTIAL : 0);
    int last = (offset + bytes - 1) / 4;
    for (int word = offset / 4; word <= last; word++) {
      long write = writes[word];
      if (!ordered(write, warp, lane) && !(partial && (write & PARTIAL) != 0)) {
        return "reads what " + who(write) + " writes, and no barrier stands between";
      }
      noteRead(word, stamp, warp);
    }
    return null;
  }

  /**
   * Returns what this write races with, or null; {@code same} if the bytes already hold the value.
   */
  String write(int warp, int lane, int offset, int bytes, boolean same, boolean atomic) {
    boolean partial = bytes < 4;
    long stamp = stamp(warp, lane) | (partial ? PARTIAL : 0) | (atomic ? ATOMIC : 0);
    for (int word = offset / 4; word <= (offset + bytes - 1) / 4; word++) {
      long write = writes[word];
      boolean together = atomic && (write & ATOMIC) != 0 || partial && (write & PARTIAL) != 0;
      if (!same && !together && warpOf(write) != warp && !ordered(write, warp, lane)) {
        return "writes what " + who(write) + " writes, and no barrier stands between";
      }
      String reader = unorderedReader(word, warp, lane, partial);
      if (!same && reader != null) {
        return "writes what " + reader + " reads, and no barrier stands between";
      }
      writes[word] = stamp;
      reads[word] = NONE;
      sharedReads[word] = null;
    }
    return null;
  }

  private String unorderedReader(int word, int warp, int lane, boolean partial) {
    long[] several = sharedReads[word];
    if (several != null) {
      for (int other = 0; other < warps; other++) {
        if (other != warp && several[other] > known[warp][other]) {
          return "warp " + other;
        }
      }
      return null;
    }
    long read = reads[word];
    boolean harmless = warpOf(read) == warp || partial && (read & PARTIAL) != 0;
    return read == NONE || harmless || ordered(read, warp, lane) ? null : who(read);
  }

  private void noteRead(int word, long stamp, int warp) {
    long[] several = sharedReads[word];
    if (several != null) {
      several[warp] = clockOf(stamp);
      return;
    }
    long read = reads[word];
    if (read != NONE && warpOf(read) != warp) {
      several = new long[warps];
      several[warpOf(read)] = clockOf(read);
      several[warp] = clockOf(stamp);
      sharedReads[word] = several;
    } else {
      reads[word] = stamp;
    }
  }

  private boolean ordered(long access, int warp, int lane) {
    if (access == NONE) {
      return true;
    }
    if (warpOf(access) == warp) {
      return laneOf(access) == lane || clockOf(access) < known[warp][warp];
    }
    return clockOf(access) <= known[warp][warpOf(access)];
  }

  private long stamp(int warp, int lane) {
    return known[warp][warp] << CLOCK_SHIFT | (long) warp << WARP_SHIFT | lane;
  }

  private static int warpOf(long stamp) {
    return (int) (stamp >>> WARP_SHIFT & 0xFF);
  }

  private static int laneOf(long stamp) {
    return (int) (stamp & 0xFF);
  }

  private static long clockOf(long stamp) {
    return stamp >>> CLOCK_SHIFT & CLOCK_MASK;
  }

  private static String who(long stamp) {
    return "thread " + (warpOf(stamp) * Warp.LANES + laneOf(stamp));
  }

  /** Forgets everything, for the next block. */
  void clear() {
    Arrays.fill(writes, NONE);
    Arrays.fill(reads, NONE);
    Arrays.fill(sharedReads, null);
    for (int warp = 0; warp < warps; warp++) {
      Arrays.fill(known[warp], 0);
      known[warp][warp] = 1;
    }
  }
}
