package io.firesteel.tornado.device;

/** What can be wrong with a kernel or its launch. */
public enum Fault {
  /** An index below 0 or beyond the end of an array. */
  OUT_OF_RANGE("index out of range"),
  /** Local memory read before any work item of the group has written it. */
  UNWRITTEN_LOCAL("local memory read before it is written"),
  /** An array that is only an output read before it is written. */
  UNWRITTEN_OUTPUT("output read before it is written"),
  /** Some work items of a group wait at a barrier that others do not reach. */
  BARRIER_DIVERGENCE("barrier divergence"),
  /** Some work items of a warp wait in a warp operation that others do not reach. */
  WARP_DIVERGENCE("warp divergence"),
  /** Two work items use the same element, one of them writes, and no barrier is between. */
  RACE("data race"),
  /** A write to an array that is declared as only read. */
  READ_ONLY("write to an array that is only read"),
  /** Elements of an output that no work item has written. */
  NOT_COVERED("output not covered by the launch"),
  /** Work items of a group ask for local memory of different sizes. */
  LOCAL_MEMORY("local memory differs between work items"),
  /**
   * Local memory used in another method than the one that allocated it: right on the JVM, but
   * TornadoVM 5.2 compiles such accesses to wrong addresses.
   */
  LOCAL_IN_HELPER("local memory used outside the method that allocated it"),
  /**
   * An array that is declared as read and written, is written in part and never read: right on the
   * JVM, but TornadoVM 5.2 gives such an array to the kernel without its contents.
   */
  NEVER_READ("array written in part and never read"),
  /**
   * A negative number shifted with {@code >>}: right on the JVM, but TornadoVM 5.2's PTX backend
   * shifts without regard to the sign. Where the bits that come in are masked, {@code >>>} does.
   */
  SIGNED_SHIFT("negative number shifted with >>"),
  /** A group meets at more barriers, or a work item accesses memory more often, than it may. */
  ENDLESS("no end in sight"),
  /** Anything else that the JVM throws, such as a division by zero. */
  EXCEPTION("exception");

  private final String text;

  Fault(String text) {
    this.text = text;
  }

  /** The fault in words. */
  public String text() {
    return text;
  }
}
