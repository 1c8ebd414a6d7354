package io.firesteel.ptx.sim;

import io.firesteel.ptx.kernel.Kernel;
import io.firesteel.ptx.kernel.Limits;

/** What a CTA may ask of a multiprocessor; a driver refuses launches that ask for more. */
final class LaunchLimits {
  private static final int THREADS = 1024;
  private static final int REGISTERS = 64 * 1024;

  /** Registers are dealt out to a warp by this many for each thread. */
  private static final int REGISTER_UNIT = 8;

  /** Shared memory of each CTA that is not the kernel's. */
  private static final int RESERVED_BYTES = 1024;

  private LaunchLimits() {}

  /**
   * Checks a kernel's threads, registers and shared memory, as its head states them.
   *
   * @throws SimFault naming what does not fit
   */
  static void check(Kernel kernel) {
    Limits limits = kernel.limits();
    within(kernel, "threads", kernel.block(), THREADS);
    int warps = Math.ceilDiv(kernel.block(), Warp.LANES);
    int perThread = Math.ceilDiv(limits.registers(), REGISTER_UNIT) * REGISTER_UNIT;
    within(kernel, "registers", warps * Warp.LANES * perThread, REGISTERS);
    within(
        kernel, "bytes of static shared memory", limits.sharedBytes(), Limits.STATIC_SHARED_BYTES);
    within(
        kernel,
        "bytes of shared memory",
        limits.sharedBytes() + limits.dynamicBytes(),
        kernel.target().sharedBytes() - RESERVED_BYTES);
  }

  private static void within(Kernel kernel, String what, int asked, int offered) {
    if (asked > offered) {
      throw new SimFault(
          "kernel %s: a CTA asks for %d %s, %s offers %d"
              .formatted(kernel.spec(), asked, what, kernel.target().label(), offered));
    }
  }
}
