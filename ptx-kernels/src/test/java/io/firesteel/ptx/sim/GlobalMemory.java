package io.firesteel.ptx.sim;

import java.util.Map;
import java.util.TreeMap;

/**
 * Device memory: separate allocations with gaps between them, so that every stray access is seen.
 */
final class GlobalMemory {
  private static final long FIRST = 0x7f00_0000_0000L;
  private static final long ALIGNMENT = 256;
  private static final long GAP = 1 << 20;

  /** A run of device memory. */
  static final class Allocation {
    private final long address;
    private final Bytes bytes;
    private boolean freed;

    private Allocation(long address, Bytes bytes) {
      this.address = address;
      this.bytes = bytes;
    }

    long address() {
      return address;
    }

    Bytes bytes() {
      return bytes;
    }

    boolean contains(long at, int size) {
      long offset = at - address;
      return !freed && offset >= 0 && offset + size <= bytes.size();
    }
  }

  private final TreeMap<Long, Allocation> allocations = new TreeMap<>();
  private long next = FIRST;

  Allocation allocate(long size) {
    Allocation allocation = at(next, Math.toIntExact(size));
    next = Math.ceilDiv(next + size + GAP, ALIGNMENT) * ALIGNMENT;
    return allocation;
  }

  /** An allocation at a chosen address, for the variables of a module. */
  Allocation at(long address, int size) {
    Allocation allocation = new Allocation(address, new Bytes(size));
    allocations.put(address, allocation);
    return allocation;
  }

  void free(long address) {
    Allocation allocation = allocations.remove(address);
    if (allocation != null) {
      allocation.freed = true;
    }
  }

  /** The allocation that holds all of these bytes, or null. */
  Allocation find(long address, int size) {
    Map.Entry<Long, Allocation> entry = allocations.floorEntry(address);
    return entry != null && entry.getValue().contains(address, size) ? entry.getValue() : null;
  }

  /** The nearest allocation below, to say how far beyond its end an access goes. */
  String nearest(long address) {
    Map.Entry<Long, Allocation> entry = allocations.floorEntry(address);
    if (entry == null) {
      return "below every allocation";
    }
    Allocation allocation = entry.getValue();
    return "offset "
        + (address - allocation.address())
        + " of an allocation of "
        + allocation.bytes().size()
        + " bytes";
  }

  /**
   * Another kernel starts, maybe before the one before it has ended.
   *
   * @param earlierEnded whether those before that one have ended
   */
  void next(boolean earlierEnded) {
    allocations.values().forEach(allocation -> allocation.bytes().next(earlierEnded));
  }

  void settle() {
    allocations.values().forEach(allocation -> allocation.bytes().settle());
  }
}
