package io.firesteel.ptx.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Turns the instructions of a kernel into steps. */
final class Decoder {
  private final Entry entry;
  private final Slots slots;
  private final IntegerOps integers;
  private final FloatOps floats;
  private final SelectOps selections;
  private final ConvertOps conversions;
  private final MemoryOps memory;
  private final WarpOps warps;

  private Decoder(Entry entry) {
    this.entry = entry;
    slots = new Slots(entry);
    integers = new IntegerOps(slots);
    floats = new FloatOps(slots);
    selections = new SelectOps(slots);
    conversions = new ConvertOps(slots);
    memory = new MemoryOps(slots);
    warps = new WarpOps(slots);
  }

  /**
   * Decodes a kernel.
   *
   * @throws SimFault naming the line of an instruction that the interpreter does not know
   */
  static Program decode(Entry entry) {
    return new Decoder(entry).program();
  }

  private Program program() {
    List<Step> steps = new ArrayList<>();
    for (Instruction i : entry.instructions()) {
      steps.add(step(i));
    }
    steps.add(end());
    return slots.program(entry, steps.toArray(Step[]::new));
  }

  /** Running past the last instruction ends the kernel. */
  private Step end() {
    Instruction last = entry.instructions().isEmpty() ? null : entry.instructions().getLast();
    int line = last == null ? 0 : last.line();
    Instruction exit = new Instruction(line, "exit", List.of(), null, false, List.of(), null);
    return new Step(exit, Step.Kind.EXIT, null, null, -1);
  }

  private Step step(Instruction i) {
    Step control = control(i);
    if (control != null) {
      return control;
    }
    Step together = warps.decode(i);
    if (together != null) {
      return together;
    }
    Op op =
        Stream.<Op>of(
                floats.decode(i), selections.decode(i), conversions.decode(i), memory.decode(i))
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null);
    if (op == null) {
      op = integers.decode(i);
    }
    if (op == null) {
      throw i.error("is not known to the interpreter");
    }
    return i.name().equals("ldmatrix")
        ? WarpOps.meeting(i, op, (_, _) -> -1)
        : new Step(i, Step.Kind.PLAIN, op, null, -1);
  }

  private Step control(Instruction i) {
    return switch (i.name()) {
      case "bra" -> new Step(i, Step.Kind.BRANCH, null, null, target(i));
      case "ret", "exit" -> new Step(i, Step.Kind.EXIT, null, null, -1);
      case "trap" ->
          plain(
              i,
              (w, m) -> {
                throw w.fault(m, "trap");
              });
      case "griddepcontrol" ->
          plain(i, i.has("wait") ? (w, _) -> w.awaitPredecessor() : (w, _) -> w.startSuccessor());
      case "nanosleep", "pragma", "setmaxnreg" -> plain(i, (_, _) -> {});
      default -> null;
    };
  }

  private static Step plain(Instruction i, Op op) {
    return new Step(i, Step.Kind.PLAIN, op, null, -1);
  }

  private int target(Instruction i) {
    if (!(i.operand(0) instanceof Operand.Name(String label))) {
      throw i.error("has operand " + i.operand(0) + ", expected a label");
    }
    int target = i.scope().target(label);
    if (target < 0) {
      throw i.error("jumps to " + label + ", which does not exist");
    }
    return target;
  }
}
