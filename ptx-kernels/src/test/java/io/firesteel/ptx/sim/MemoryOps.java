package io.firesteel.ptx.sim;

import java.util.List;
import java.util.Set;

/** Loads, stores, atomics, asynchronous copies, fences and hints. */
final class MemoryOps {
  /** Where shared memory begins in generic addresses. */
  static final long SHARED_WINDOW = 1L << 40;

  /** Where local memory begins in generic addresses. */
  static final long LOCAL_WINDOW = 1L << 41;

  private static final long WINDOW_BYTES = 1L << 32;
  private static final Set<String> HINTS =
      Set.of("prefetch", "prefetchu", "applypriority", "discard", "createpolicy");

  /** What a lane does with the memory that it has been granted. */
  @FunctionalInterface
  private interface Access {
    void run(Warp warp, int lane, Bytes memory, int offset);
  }

  /** New value of an atomic operation from the old one and the operands. */
  @FunctionalInterface
  private interface Update {
    long of(long old, long operand, long swap);
  }

  private final Slots slots;

  MemoryOps(Slots slots) {
    this.slots = slots;
  }

  /** The operation of an instruction, or null if it is none of these. */
  Op decode(Instruction i) {
    if (HINTS.contains(i.name())) {
      return (_, _) -> {};
    }
    return switch (i.name()) {
      case "ld", "ldu" -> load(i);
      case "st" -> store(i);
      case "atom" -> atomic(i, true);
      case "red" -> atomic(i, false);
      case "membar", "fence" -> (_, _) -> {};
      case "cp" -> copy(i);
      case "ldmatrix" -> loadMatrix(i);
      default -> null;
    };
  }

  // --- addresses ---

  /** Address of an operand in each lane. */
  @FunctionalInterface
  private interface AddressOf {
    long of(Warp warp, int lane);
  }

  private AddressOf address(Instruction i, Operand operand) {
    if (!(operand instanceof Operand.Address(Operand base, long offset))) {
      throw i.error("has operand " + operand + ", expected an address in brackets");
    }
    return switch (base) {
      case null -> (_, _) -> offset;
      case Operand.Variable v -> (_, _) -> v.address() + offset;
      case Operand.Parameter p -> (_, _) -> p.offset() + offset;
      case Operand.Register r when r.type().wide() -> (w, lane) -> w.q[r.slot()][lane] + offset;
      case Operand.Register r when r.type().bytes == 4 ->
          (w, lane) -> (w.r[r.slot()][lane] & 0xFFFF_FFFFL) + offset;
      default -> throw i.error("has address " + operand + ", expected a register or variable");
    };
  }

  /** Makes every lane of the mask find its memory, with all checks, and then do its access. */
  private static Op each(Space space, AddressOf address, int bytes, Kind kind, Access access) {
    Locator locator = new Locator();
    return (w, m) -> {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        if ((m >>> lane & 1) != 0) {
          locator.find(w, lane, space, address.of(w, lane), bytes, kind);
          access.run(w, lane, locator.memory, locator.offset);
          locator.after(w, lane, bytes, kind);
        }
      }
    };
  }

  private enum Kind {
    READ,
    WRITE,
    ATOMIC
  }

  /** Finds the memory behind an address and checks that it may be accessed. */
  private static final class Locator {
    private GlobalMemory.Allocation latest;
    private Space space;
    private Bytes memory;
    private int offset;

    void find(Warp w, int lane, Space named, long address, int bytes, Kind kind) {
      long at = address;
      space = named;
      if (named == Space.GENERIC) {
        space = resolve(address);
        at -= space == Space.SHARED ? SHARED_WINDOW : space == Space.LOCAL ? LOCAL_WINDOW : 0;
      }
      if (at % bytes != 0) {
        throw w.fault(
            1 << lane, "misaligned: address 0x%x is not a multiple of %d".formatted(at, bytes));
      }
      switch (space) {
        case SHARED -> inside(w, lane, "shared memory", w.block.shared(), at, bytes);
        case LOCAL -> inside(w, lane, "local memory", w.block.local(w.thread(lane)), at, bytes);
        case PARAM -> inside(w, lane, "parameters", w.block.grid().parameters(), at, bytes);
        case GLOBAL, CONST, GENERIC -> global(w, lane, at, bytes);
      }
      if (kind != Kind.WRITE && !memory.valid(offset, bytes)) {
        throw w.fault(
            1 << lane,
            "reads %d bytes at %s that nothing has written".formatted(bytes, place(w, at)));
      }
      if (kind == Kind.READ && space == Space.SHARED) {
        report(w, lane, w.block.races().read(w.index, lane, offset, bytes), at);
      }
    }

    private String place(Warp w, long at) {
      return space == Space.GLOBAL || space == Space.CONST
          ? "0x%x (%s)".formatted(at, w.block.grid().memory().nearest(at))
          : "offset " + at + " of " + space;
    }

    private void report(Warp w, int lane, String race, long at) {
      if (race != null) {
        throw w.fault(1 << lane, "race at " + place(w, at) + ": " + race);
      }
    }

    private static Space resolve(long address) {
      if (address >= SHARED_WINDOW && address < SHARED_WINDOW + WINDOW_BYTES) {
        return Space.SHARED;
      }
      return address >= LOCAL_WINDOW && address < LOCAL_WINDOW + WINDOW_BYTES
          ? Space.LOCAL
          : Space.GLOBAL;
    }

    private void inside(Warp w, int lane, String what, Bytes bytes, long at, int size) {
      if (at < 0 || at + size > bytes.size()) {
        throw w.fault(
            1 << lane,
            "out of range: %d bytes at offset %d of %s, which has %d bytes"
                .formatted(size, at, what, bytes.size()));
      }
      memory = bytes;
      offset = (int) at;
    }

    private void global(Warp w, int lane, long at, int size) {
      if (latest == null || !latest.contains(at, size)) {
        GlobalMemory all = w.block.grid().memory();
        latest = all.find(at, size);
        if (latest == null) {
          throw w.fault(
              1 << lane, "out of range: %d bytes at 0x%x, %s".formatted(size, at, all.nearest(at)));
        }
      }
      memory = latest.bytes();
      offset = (int) (at - latest.address());
      if (!w.predecessorAwaited() && memory.pending(offset, size)) {
        throw w.fault(
            1 << lane,
            "touches what an earlier kernel may still be writing, before griddepcontrol.wait: "
                + place(w, at));
      }
    }

    /**
     * Notes what has been written; for shared memory after the access, so that equal values are
     * known.
     */
    void after(Warp w, int lane, int bytes, Kind kind) {
      if (kind != Kind.READ) {
        memory.written(offset, bytes);
        if (!w.predecessorAwaited() && space == Space.GLOBAL) {
          throw w.fault(
              1 << lane, "writes before griddepcontrol.wait, while earlier kernels may still run");
        }
        if (kind == Kind.ATOMIC && space == Space.SHARED) {
          report(w, lane, w.block.races().write(w.index, lane, offset, bytes, false, true), offset);
        }
      }
    }

    void beforeWrite(Warp w, int lane, int bytes, boolean same) {
      if (space == Space.SHARED) {
        report(w, lane, w.block.races().write(w.index, lane, offset, bytes, same, false), offset);
      }
    }
  }

  // --- loads and stores ---

  private static List<Operand> elements(Operand operand) {
    return operand instanceof Operand.Vector(List<Operand> parts) ? parts : List.of(operand);
  }

  private static void checkVector(Instruction i, int elements) {
    int named = i.has("v8") ? 8 : i.has("v4") ? 4 : i.has("v2") ? 2 : 1;
    if (named != elements) {
      throw i.error("has " + elements + " elements, its suffix says " + named);
    }
  }

  private Op load(Instruction i) {
    PtxType type = i.type();
    List<Operand> to = elements(i.operand(0));
    checkVector(i, to.size());
    boolean[] wide = new boolean[to.size()];
    int[] d = new int[to.size()];
    for (int k = 0; k < d.length; k++) {
      wide[k] = type.wide() || to.get(k) instanceof Operand.Register r && r.type().wide();
      d[k] = slots.slot(i, to.get(k), wide[k] ? PtxType.B64 : type);
    }
    int size = type.bytes;
    boolean signed = type.signed();
    Access access =
        size == 4 && !anyWide(wide)
            ? (w, lane, memory, offset) -> {
              for (int k = 0; k < d.length; k++) {
                w.r[d[k]][lane] = memory.getInt(offset + 4 * k);
              }
            }
            : (w, lane, memory, offset) -> {
              for (int k = 0; k < d.length; k++) {
                long value = extended(memory.get(offset + size * k, size), size, signed);
                if (wide[k]) {
                  w.q[d[k]][lane] = value;
                } else {
                  w.r[d[k]][lane] = (int) value;
                }
              }
            };
    return each(
        Space.of(i.suffixes()), address(i, i.operand(1)), size * d.length, Kind.READ, access);
  }

  private static boolean anyWide(boolean[] wide) {
    for (boolean one : wide) {
      if (one) {
        return true;
      }
    }
    return false;
  }

  private static long extended(long value, int bytes, boolean signed) {
    int shift = 64 - 8 * bytes;
    return signed ? value << shift >> shift : value;
  }

  private Op store(Instruction i) {
    PtxType type = i.type();
    List<Operand> from = elements(i.operand(1));
    checkVector(i, from.size());
    boolean[] wide = new boolean[from.size()];
    int[] a = new int[from.size()];
    for (int k = 0; k < a.length; k++) {
      wide[k] = type.wide() || from.get(k) instanceof Operand.Register r && r.type().wide();
      a[k] = slots.slot(i, from.get(k), wide[k] ? PtxType.B64 : type);
    }
    int size = type.bytes;
    int total = size * a.length;
    Locator locator = new Locator();
    Space space = Space.of(i.suffixes());
    AddressOf address = address(i, i.operand(0));
    long keep = size == 8 ? -1L : (1L << 8 * size) - 1;
    return (w, m) -> {
      for (int lane = 0; lane < Warp.LANES; lane++) {
        if ((m >>> lane & 1) == 0) {
          continue;
        }
        locator.find(w, lane, space, address.of(w, lane), total, Kind.WRITE);
        Bytes memory = locator.memory;
        boolean same = locator.space == Space.SHARED && memory.valid(locator.offset, total);
        for (int k = 0; k < a.length; k++) {
          long value = (wide[k] ? w.q[a[k]][lane] : w.r[a[k]][lane]) & keep;
          int at = locator.offset + size * k;
          same = same && memory.get(at, size) == value;
          memory.put(at, size, value);
        }
        locator.beforeWrite(w, lane, total, same);
        locator.after(w, lane, total, Kind.WRITE);
      }
    };
  }

  // --- atomics ---

  private Op atomic(Instruction i, boolean returns) {
    PtxType type = i.type();
    if (i.types().size() > 1 || type.bytes < 4 && !i.has("cas")) {
      throw i.error("has a type that is not supported");
    }
    if (i.operand(returns ? 2 : 1) instanceof Operand.Vector) {
      throw i.error("is not supported for vectors");
    }
    int first = returns ? 1 : 0;
    boolean wide = type.wide();
    int d = returns ? slots.slot(i, i.operand(0), type) : -1;
    int a = slots.slot(i, i.operand(first + 1), type);
    boolean swaps = i.operands().size() > first + 2;
    int b = swaps ? slots.slot(i, i.operand(first + 2), type) : a;
    Update update = update(i, type);
    Access access =
        (w, lane, memory, offset) -> {
          long old = memory.get(offset, type.bytes);
          long x = wide ? w.q[a][lane] : w.r[a][lane];
          long y = wide ? w.q[b][lane] : w.r[b][lane];
          memory.put(offset, type.bytes, update.of(old, x, y));
          if (returns && wide) {
            w.q[d][lane] = old;
          } else if (returns) {
            w.r[d][lane] = (int) old;
          }
        };
    return each(
        Space.of(i.suffixes()), address(i, i.operand(first)), type.bytes, Kind.ATOMIC, access);
  }

  private static Update update(Instruction i, PtxType type) {
    for (String suffix : i.suffixes()) {
      Update update =
          switch (suffix) {
            case "add" -> (old, x, _) -> sum(type, old, x);
            case "min" -> (old, x, _) -> less(type, old, x) ? old : x;
            case "max" -> (old, x, _) -> less(type, old, x) ? x : old;
            case "and" -> (old, x, _) -> old & x;
            case "or" -> (old, x, _) -> old | x;
            case "xor" -> (old, x, _) -> old ^ x;
            case "exch" -> (_, x, _) -> x;
            case "cas" -> (old, x, y) -> old == trimmed(type, x) ? y : old;
            case "inc" ->
                (old, x, _) -> Integer.compareUnsigned((int) old, (int) x) >= 0 ? 0 : old + 1;
            case "dec" ->
                (old, x, _) ->
                    old == 0 || Integer.compareUnsigned((int) old, (int) x) > 0 ? x : old - 1;
            default -> null;
          };
      if (update != null) {
        return update;
      }
    }
    throw i.error("has an unknown operation");
  }

  private static long trimmed(PtxType type, long value) {
    return type.wide() ? value : value & (1L << 8 * type.bytes) - 1;
  }

  private static long sum(PtxType type, long a, long b) {
    return switch (type) {
      case F32 ->
          Float.floatToRawIntBits(Float.intBitsToFloat((int) a) + Float.intBitsToFloat((int) b));
      case F64 ->
          Double.doubleToRawLongBits(Double.longBitsToDouble(a) + Double.longBitsToDouble(b));
      case F16X2, BF16X2 ->
          Halves.both(
                  type,
                  (int x, int y) ->
                      Halves.encode(type, Halves.decode(type, x) + Halves.decode(type, y)))
              .applyAsInt((int) a, (int) b);
      default -> a + b;
    };
  }

  private static boolean less(PtxType type, long a, long b) {
    return switch (type) {
      case S32 -> (int) a < (int) b;
      case U32, B32 -> Integer.compareUnsigned((int) a, (int) b) < 0;
      case S64 -> a < b;
      default -> Long.compareUnsigned(a, b) < 0;
    };
  }

  // --- asynchronous copies ---

  private Op copy(Instruction i) {
    if (i.has("prefetch")) {
      return (_, _) -> {};
    }
    if (!i.has("async") || i.has("bulk") || i.has("mbarrier")) {
      throw i.error("is not supported");
    }
    if (i.has("commit_group")) {
      return (w, _) -> w.copies.commit();
    }
    if (i.has("wait_all")) {
      return (w, _) -> {
        w.copies.commit();
        w.copies.await(w, 0);
      };
    }
    if (i.has("wait_group")) {
      if (!(i.operand(0) instanceof Operand.Int(long pending))) {
        throw i.error("needs a literal");
      }
      return (w, _) -> w.copies.await(w, (int) pending);
    }
    return startCopy(i);
  }

  private Op startCopy(Instruction i) {
    if (!(i.operand(2) instanceof Operand.Int(long literal))) {
      throw i.error("needs a literal size");
    }
    int bytes = (int) literal;
    AddressOf to = address(i, i.operand(0));
    AddressOf from = address(i, i.operand(1));
    int given =
        i.operands().size() > 3 && !i.has("L2::cache_hint")
            ? slots.word(i, i.operand(3), PtxType.U32)
            : slots.constant(bytes);
    return (w, m) -> {
      long[] target = new long[Warp.LANES];
      long[] source = new long[Warp.LANES];
      int[] size = w.r[given].clone();
      for (int lane = 0; lane < Warp.LANES; lane++) {
        target[lane] = (m >>> lane & 1) != 0 ? to.of(w, lane) : 0;
        source[lane] = (m >>> lane & 1) != 0 ? from.of(w, lane) : 0;
      }
      w.copies.start((warp, mask) -> finishCopy(warp, mask, target, source, size, bytes), m);
    };
  }

  private static void finishCopy(
      Warp w, int m, long[] target, long[] source, int[] size, int bytes) {
    Locator in = new Locator();
    Locator out = new Locator();
    for (int lane = 0; lane < Warp.LANES; lane++) {
      if ((m >>> lane & 1) == 0) {
        continue;
      }
      out.find(w, lane, Space.SHARED, target[lane], bytes, Kind.WRITE);
      int given = Math.min(size[lane], bytes);
      for (int k = 0; k < bytes; k++) {
        out.memory.put(out.offset + k, 1, 0);
      }
      if (given > 0) {
        checkAligned(w, lane, source[lane], bytes);
        for (int k = 0; k < given; k++) {
          in.find(w, lane, Space.GLOBAL, source[lane] + k, 1, Kind.READ);
          out.memory.put(out.offset + k, 1, in.memory.get(in.offset, 1));
        }
      }
      out.beforeWrite(w, lane, bytes, false);
      out.after(w, lane, bytes, Kind.WRITE);
    }
  }

  private static void checkAligned(Warp w, int lane, long address, int bytes) {
    if (address % bytes != 0) {
      throw w.fault(
          1 << lane, "misaligned: address 0x%x is not a multiple of %d".formatted(address, bytes));
    }
  }

  // --- ldmatrix ---

  private Op loadMatrix(Instruction i) {
    if (!i.has("m8n8") || i.type() != PtxType.B16) {
      throw i.error("is supported for m8n8 and b16 only");
    }
    List<Operand> to = elements(i.operand(0));
    int[] d = to.stream().mapToInt(operand -> slots.word(i, operand, PtxType.B32)).toArray();
    boolean transposed = i.has("trans");
    AddressOf address = address(i, i.operand(1));
    Space space = Space.of(i.suffixes());
    Locator locator = new Locator();
    return (w, _) -> {
      for (int matrix = 0; matrix < d.length; matrix++) {
        int[][] rows = new int[8][8];
        for (int row = 0; row < 8; row++) {
          int lane = matrix * 8 + row;
          locator.find(w, lane, space, address.of(w, lane), 16, Kind.READ);
          for (int column = 0; column < 8; column++) {
            rows[row][column] = (int) locator.memory.get(locator.offset + 2 * column, 2);
          }
        }
        for (int lane = 0; lane < Warp.LANES; lane++) {
          int row = lane / 4;
          int column = lane % 4 * 2;
          w.r[d[matrix]][lane] =
              transposed
                  ? rows[column][row] | rows[column + 1][row] << 16
                  : rows[row][column] | rows[row][column + 1] << 16;
        }
      }
    };
  }
}
