package io.firesteel.ptx.kernel;

import io.firesteel.loader.TensorType;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Kernels with one CTA of 512 threads on each multiprocessor instead of two of 256, with rows on
 * their way in dynamic shared memory.
 *
 * <p>Such a CTA takes half of a multiprocessor's registers. So the next kernel's CTAs find exactly
 * one place on every multiprocessor while this kernel's are still there, and load their weights
 * ahead evenly; with smaller CTAs some multiprocessors get three or four of a kernel and others
 * none.
 */
public final class FatCtas {
  private static final int THREADS = 512;
  private static final int WARPS = THREADS / 32;
  private static final int MAX_SLOTS = 4;

  private final int multiprocessors;
  private final int sharedBytes;

  /**
   * For a device.
   *
   * @param target its architecture
   * @param multiprocessors how many it has
   */
  public FatCtas(Target target, int multiprocessors) {
    this.multiprocessors = multiprocessors;
    // The two kernels that share a multiprocessor need not take equal parts of its memory.
    this.sharedBytes = (int) (target.sharedBytes() * 52L / 100);
  }

  /** What a warp copies for one task, and how many tasks there are. */
  private record Rows(long slotBytes, long tasks, int mostSlots) {}

  /** The kernel with fat CTAs, or the kernel itself if it has no staged rows or they do not fit. */
  public KernelSpec of(KernelSpec spec) {
    if (spec.constants().getOrDefault("STAGED", 0L) == 0) {
      return spec;
    }
    Optional<Rows> rows = rows(spec);
    if (rows.isEmpty()) {
      return spec;
    }
    long room = (sharedBytes - activationBytes(columns(spec))) / (WARPS * rows.get().slotBytes());
    long perWarp = Math.ceilDiv(Math.ceilDiv(rows.get().tasks(), multiprocessors), WARPS);
    long slots =
        LongStream.of(MAX_SLOTS, room, perWarp, rows.get().mostSlots()).min().orElseThrow();
    return slots < 1
        ? spec
        : spec.with("THREADS", THREADS)
            .with("CTAS", multiprocessors)
            .with("DYNAMIC", 1)
            .with("SLOTS", slots);
  }

  private static Optional<Rows> rows(KernelSpec spec) {
    return switch (spec.template()) {
      case "attn_in" ->
          Optional.of(
              new Rows(
                  longest(spec, "Q_TYPE", "K_TYPE", "V_TYPE"),
                  value(spec, "Q_ROWS") + value(spec, "K_ROWS") + value(spec, "V_ROWS"),
                  MAX_SLOTS));
      case "attn_out", "logits" ->
          Optional.of(new Rows(longest(spec, "TYPE"), value(spec, "ROWS"), MAX_SLOTS));
      case "expert_in" ->
          Optional.of(
              new Rows(
                  longest(spec, "GATE_TYPE") + longest(spec, "UP_TYPE"),
                  value(spec, "ACTIVE") * value(spec, "WIDTH"),
                  MAX_SLOTS));
      case "expert_out" ->
          Optional.of(
              new Rows(
                  value(spec, "ACTIVE") * type(spec, "TYPE").bytes(value(spec, "WIDTH")),
                  value(spec, "HIDDEN"),
                  1));
      default -> Optional.empty();
    };
  }

  private static long columns(KernelSpec spec) {
    return switch (spec.template()) {
      case "attn_out", "logits" -> value(spec, "COLUMNS");
      case "expert_out" -> value(spec, "ACTIVE") * value(spec, "WIDTH");
      default -> value(spec, "HIDDEN");
    };
  }

  private static long activationBytes(long columns) {
    return Math.ceilDiv(columns, 8L * THREADS) * 8 * THREADS / 4 * 5 + 64 + 4 * WARPS;
  }

  private static long longest(KernelSpec spec, String... types) {
    long longest = 0;
    for (String type : types) {
      longest = Math.max(longest, type(spec, type).bytes(columns(spec)));
    }
    return longest;
  }

  private static TensorType type(KernelSpec spec, String name) {
    return TensorType.ofId(value(spec, name)).orElseThrow();
  }

  private static long value(KernelSpec spec, String name) {
    return spec.constants().get(name);
  }
}
