package io.firesteel.ptx.sim;

/** A decoded instruction. */
final class Step {
  /** How the warp goes on after it. */
  enum Kind {
    /** To the next instruction. */
    PLAIN,
    /** To the target, where the guard holds. */
    BRANCH,
    /** Ends the lanes where the guard holds. */
    EXIT,
    /** All lanes that {@link #members} names must be here before it runs. */
    MEET,
    /** Waits for the block. */
    BARRIER
  }

  /** Lanes that must come together. */
  @FunctionalInterface
  interface Members {
    int of(Warp warp, int mask);
  }

  final Instruction source;
  final Kind kind;
  final Op op;

  /** What happens when a barrier is complete, or null. */
  final Op completion;

  final Members members;
  final int target;
  final int guard;
  final boolean negated;

  Step(Instruction source, Kind kind, Op op, Members members, int target) {
    this(source, kind, op, members, target, null);
  }

  Step(Instruction source, Kind kind, Op op, Members members, int target, Op completion) {
    this.source = source;
    this.kind = kind;
    this.op = op;
    this.completion = completion;
    this.members = members;
    this.target = target;
    this.guard = source.guard() == null ? -1 : source.guard().slot();
    this.negated = source.guardNegated();
  }

  int active(Warp warp, int mask) {
    if (guard < 0) {
      return mask;
    }
    int holds = warp.p[guard];
    return mask & (negated ? ~holds : holds);
  }
}
