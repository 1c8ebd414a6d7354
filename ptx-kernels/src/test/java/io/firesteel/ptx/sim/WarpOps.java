package io.firesteel.ptx.sim;

import java.util.List;

/** Instructions in which the lanes of a warp work together. */
final class WarpOps {
  private static final int ALL = -1;

  /** The lane that a lane reads in a shuffle, or -1 if it lies outside the segment. */
  @FunctionalInterface
  private interface SourceLane {
    int of(int lane, int b, int c);
  }

  private final Slots slots;

  WarpOps(Slots slots) {
    this.slots = slots;
  }

  /** The step of an instruction, or null if it is none of these. */
  Step decode(Instruction i) {
    return switch (i.name()) {
      case "shfl" -> meeting(i, shuffle(i), membersAt(i, i.operands().size() - 1));
      case "vote" -> meeting(i, vote(i), membersAt(i, i.operands().size() - 1));
      case "match" -> meeting(i, match(i), membersAt(i, i.operands().size() - 1));
      case "redux" -> meeting(i, reduce(i), membersAt(i, i.operands().size() - 1));
      case "elect" -> meeting(i, elect(i), membersAt(i, i.operands().size() - 1));
      case "activemask" -> plain(i, activeMask(i));
      case "mma" -> meeting(i, new MatrixOps(slots).decode(i), (_, _) -> ALL);
      case "bar", "barrier" -> barrier(i);
      default -> null;
    };
  }

  private static Step plain(Instruction i, Op op) {
    return new Step(i, Step.Kind.PLAIN, op, null, -1);
  }

  static Step meeting(Instruction i, Op op, Step.Members members) {
    return new Step(i, Step.Kind.MEET, op, members, -1);
  }

  /** The lanes named by a mask operand; it must be the same in all of them. */
  private Step.Members membersAt(Instruction i, int operand) {
    int slot = slots.word(i, i.operand(operand), PtxType.B32);
    return (w, m) -> {
      int mask = w.r[slot][Integer.numberOfTrailingZeros(m)];
      for (int lane = 0; lane < Warp.LANES; lane++) {
        if ((m >>> lane & 1) != 0 && w.r[slot][lane] != mask && (mask >>> lane & 1) != 0) {
          throw w.fault(1 << lane, "has different masks in the lanes that it names");
        }
      }
      return mask;
    };
  }

  private Op shuffle(Instruction i) {
    Operand to = i.operand(0);
    int p = -1;
    if (to instanceof Operand.Pair(Operand value, Operand predicate)) {
      to = value;
      p = slots.predicate(i, predicate).slot();
    }
    int valid = p;
    int d = slots.word(i, to, PtxType.B32);
    int a = slots.word(i, i.operand(1), PtxType.B32);
    int b = slots.word(i, i.operand(2), PtxType.B32);
    int c = slots.word(i, i.operand(3), PtxType.B32);
    SourceLane sourceLane = sourceLane(i);
    return (w, m) -> {
      int[] from = w.r[a].clone();
      int holds = 0;
      for (int lane = 0; lane < Warp.LANES; lane++) {
        if ((m >>> lane & 1) == 0) {
          continue;
        }
        int source = sourceLane.of(lane, w.r[b][lane] & 31, w.r[c][lane]);
        if (source >= 0) {
          holds |= 1 << lane;
        } else {
          source = lane;
        }
        if ((m >>> source & 1) == 0) {
          throw w.fault(1 << lane, "reads lane " + source + ", which does not take part");
        }
        w.r[d][lane] = from[source];
      }
      if (valid >= 0) {
        Lanes.setPredicate(w, m, valid, holds);
      }
    };
  }

  private static SourceLane sourceLane(Instruction i) {
    for (String suffix : i.suffixes()) {
      switch (suffix) {
        case "up" -> {
          return (lane, b, c) -> lane - b >= high(lane, c) ? lane - b : -1;
        }
        case "down" -> {
          return (lane, b, c) -> lane + b <= high(lane, c) ? lane + b : -1;
        }
        case "bfly" -> {
          return (lane, b, c) -> (lane ^ b) <= high(lane, c) ? lane ^ b : -1;
        }
        case "idx" -> {
          return (lane, b, c) -> {
            int source = lane & segment(c) | b & ~segment(c);
            return source <= high(lane, c) ? source : -1;
          };
        }
        default -> {
          // another kind of suffix
        }
      }
    }
    throw i.error("has no mode");
  }

  private static int segment(int c) {
    return c >>> 8 & 31;
  }

  /** The last lane of a segment that may be read, the first one for {@code up}. */
  private static int high(int lane, int c) {
    return lane & segment(c) | c & 31 & ~segment(c);
  }

  private Op vote(Instruction i) {
    Slots.Predicate a = slots.predicate(i, i.operand(1));
    if (i.has("ballot")) {
      int d = slots.word(i, i.operand(0), PtxType.B32);
      return (w, m) -> {
        int holds = a.of(w) & m;
        Lanes.word(d, d, _ -> holds).run(w, m);
      };
    }
    int d = slots.predicate(i, i.operand(0)).slot();
    return (w, m) -> {
      int holds = a.of(w) & m;
      boolean result =
          i.has("all") ? holds == m : i.has("any") ? holds != 0 : holds == m || holds == 0;
      Lanes.setPredicate(w, m, d, result ? ALL : 0);
    };
  }

  private Op match(Instruction i) {
    PtxType type = i.type();
    Operand to = i.operand(0);
    int p = -1;
    if (to instanceof Operand.Pair(Operand value, Operand predicate)) {
      to = value;
      p = slots.predicate(i, predicate).slot();
    }
    int same = p;
    int d = slots.word(i, to, PtxType.B32);
    int a = slots.slot(i, i.operand(1), type);
    boolean all = i.has("all");
    return (w, m) -> {
      int[] result = new int[Warp.LANES];
      for (int lane = 0; lane < Warp.LANES; lane++) {
        for (int other = 0; other < Warp.LANES; other++) {
          boolean equal =
              type.wide() ? w.q[a][lane] == w.q[a][other] : w.r[a][lane] == w.r[a][other];
          result[lane] |= equal ? m & 1 << other : 0;
        }
      }
      for (int lane = 0; lane < Warp.LANES; lane++) {
        if ((m >>> lane & 1) != 0) {
          w.r[d][lane] = all && result[lane] != m ? 0 : result[lane];
        }
      }
      if (same >= 0) {
        Lanes.setPredicate(w, m, same, result[Integer.numberOfTrailingZeros(m)] == m ? ALL : 0);
      }
    };
  }

  private Op reduce(Instruction i) {
    PtxType type = i.type();
    if (type == PtxType.F32) {
      throw i.error("is supported for integers only");
    }
    int d = slots.word(i, i.operand(0), type);
    int a = slots.word(i, i.operand(1), type);
    String operation =
        i.suffixes().stream()
            .filter(List.of("add", "min", "max", "and", "or", "xor")::contains)
            .findFirst()
            .orElseThrow(() -> i.error("has an unknown operation"));
    boolean signed = type.signed();
    return (w, m) -> {
      int result = w.r[a][Integer.numberOfTrailingZeros(m)];
      for (int lane = Integer.numberOfTrailingZeros(m) + 1; lane < Warp.LANES; lane++) {
        if ((m >>> lane & 1) != 0) {
          result = combine(operation, signed, result, w.r[a][lane]);
        }
      }
      int value = result;
      Lanes.word(d, d, _ -> value).run(w, m);
    };
  }

  private static int combine(String operation, boolean signed, int a, int b) {
    boolean less = signed ? a < b : Integer.compareUnsigned(a, b) < 0;
    return switch (operation) {
      case "add" -> a + b;
      case "min" -> less ? a : b;
      case "max" -> less ? b : a;
      default -> IntegerOps.bits(operation, a, b);
    };
  }

  private Op elect(Instruction i) {
    if (!(i.operand(0) instanceof Operand.Pair(Operand value, Operand predicate))) {
      throw i.error("needs d|p");
    }
    int d = slots.word(i, value, PtxType.B32);
    int p = slots.predicate(i, predicate).slot();
    return (w, m) -> {
      int leader = Integer.numberOfTrailingZeros(m);
      Lanes.word(d, d, _ -> leader).run(w, m);
      Lanes.setPredicate(w, m, p, 1 << leader);
    };
  }

  private Op activeMask(Instruction i) {
    int d = slots.word(i, i.operand(0), PtxType.B32);
    return (w, m) -> Lanes.word(d, d, _ -> m).run(w, m);
  }

  // --- barriers ---

  private Step barrier(Instruction i) {
    if (i.has("cluster")) {
      throw i.error("is not supported");
    }
    if (i.has("warp")) {
      return meeting(i, (_, _) -> {}, membersAt(i, 0));
    }
    boolean reduces = i.has("red");
    boolean arrives = i.has("arrive");
    int first = reduces ? 1 : 0;
    int id = slots.word(i, i.operand(first), PtxType.U32);
    int numbers = i.operands().size() - first - (reduces ? 1 : 0);
    int count = numbers > 1 ? slots.word(i, i.operand(first + 1), PtxType.U32) : slots.constant(0);
    Slots.Predicate voted = reduces ? slots.predicate(i, i.operand(i.operands().size() - 1)) : null;
    Op arrive =
        (w, m) -> {
          int lane = Integer.numberOfTrailingZeros(m);
          int votes = voted == null ? 0 : Integer.bitCount(voted.of(w) & m);
          w.block.arrive(w, w.r[id][lane], w.r[count][lane], !arrives, votes);
        };
    return new Step(i, Step.Kind.BARRIER, arrive, null, -1, barrierResult(i));
  }

  /** What a {@code bar.red} writes once its barrier is complete, or null for other barriers. */
  private Op barrierResult(Instruction i) {
    if (!i.has("red")) {
      return null;
    }
    if (i.has("popc")) {
      int d = slots.word(i, i.operand(0), PtxType.U32);
      return (w, m) -> Lanes.word(d, d, _ -> w.barrierResult).run(w, m);
    }
    int d = slots.predicate(i, i.operand(0)).slot();
    boolean and = i.has("and");
    return (w, m) -> {
      int needed = and ? w.block.grid().threads() : 1;
      Lanes.setPredicate(w, m, d, w.barrierResult >= needed ? ALL : 0);
    };
  }
}
