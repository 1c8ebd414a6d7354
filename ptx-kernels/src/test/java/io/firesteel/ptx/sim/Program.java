package io.firesteel.ptx.sim;

import java.util.List;

/**
 * A decoded kernel.
 *
 * @param entry the kernel
 * @param steps its instructions
 * @param constants32 registers that hold literals: the slots follow those of {@code entry}
 * @param constants64 the same for 64-bit registers
 * @param specials read-only registers that are filled when a warp starts
 */
record Program(
    Entry entry,
    Step[] steps,
    List<Constant32> constants32,
    List<Constant64> constants64,
    List<Special> specials,
    int slots32,
    int slots64) {
  /** A literal in every lane. */
  record Constant32(int slot, int value) {}

  /** A literal in every lane. */
  record Constant64(int slot, long value) {}

  /** A read-only register. */
  record Special(String name, int slot, boolean wide) {}
}
