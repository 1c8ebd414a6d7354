package io.firesteel.tornado.device;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LineNumber;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds and makes the mutants of a class. */
final class KernelMutator {
  /** Without names of local variables: a mutant may be left without some of them. */
  private static final ClassFile CLASS_FILE =
      ClassFile.of(ClassFile.DebugElementsOption.DROP_DEBUG);

  private static final String CONTEXT = "uk/ac/manchester/tornado/api/KernelContext";
  private static final String ARRAYS = "uk/ac/manchester/tornado/api/types/arrays/";
  private static final Set<Opcode> COMPARISONS =
      Set.of(
          Opcode.IF_ICMPLT,
          Opcode.IF_ICMPLE,
          Opcode.IF_ICMPGT,
          Opcode.IF_ICMPGE,
          Opcode.IF_ICMPEQ,
          Opcode.IF_ICMPNE);

  private final ClassModel model;
  private final String className;

  KernelMutator(byte[] original) {
    model = CLASS_FILE.parse(original);
    className = model.thisClass().asInternalName().replace('/', '.');
  }

  /** All mutants of the class, in the order of its code. */
  List<Mutant> mutants() {
    List<Mutant> mutants = new ArrayList<>();
    Map<Mutant.Kind, Integer> counts = new HashMap<>();
    for (MethodModel method : model.methods()) {
      method
          .code()
          .filter(KernelMutator::isKernelCode)
          .ifPresent(code -> mutants(method.methodName().stringValue(), code, counts, mutants));
    }
    return mutants;
  }

  private void mutants(
      String method, CodeModel code, Map<Mutant.Kind, Integer> counts, List<Mutant> mutants) {
    Set<Label> exits = loopExits(code);
    int line = 0;
    for (CodeElement element : code) {
      if (element instanceof LineNumber number) {
        line = number.line();
      }
      Mutant.Kind kind = kindOf(element, exits);
      if (kind != null) {
        int number = counts.merge(kind, 1, Integer::sum) - 1;
        mutants.add(new Mutant(kind, className, method, line, number));
      }
    }
  }

  /** The class with one place changed. */
  byte[] apply(Mutant mutant) {
    Map<Mutant.Kind, Integer> counts = new HashMap<>();
    return CLASS_FILE.transformClass(
        model,
        ClassTransform.transformingMethods(
            (method, element) -> {
              if (element instanceof CodeModel code && isKernelCode(code)) {
                Set<Label> exits = loopExits(code);
                method.withCode(
                    builder ->
                        code.forEach(
                            e -> {
                              Mutant.Kind kind = kindOf(e, exits);
                              boolean hit =
                                  kind != null
                                      && counts.merge(kind, 1, Integer::sum) - 1 == mutant.number()
                                      && kind == mutant.kind();
                              if (hit) {
                                change(builder, e);
                              } else {
                                builder.with(e);
                              }
                            }));
              } else {
                method.with(element);
              }
            }));
  }

  /** Kernels and what they call take and return numbers and TornadoVM's arrays only. */
  private static boolean isKernelCode(CodeModel code) {
    String type = code.parent().orElseThrow().methodType().stringValue();
    return !type.contains("Lio/firesteel/") && !type.contains("Ljava/") && !type.endsWith(")Z");
  }

  private static Mutant.Kind kindOf(CodeElement element, Set<Label> loopExits) {
    return switch (element) {
      case InvokeInstruction call when isBarrier(call) -> Mutant.Kind.BARRIER;
      case InvokeInstruction call when isArrayAccess(call) -> Mutant.Kind.INDEX;
      case ArrayLoadInstruction _ -> Mutant.Kind.INDEX;
      case ArrayStoreInstruction _ -> Mutant.Kind.INDEX;
      case BranchInstruction branch
          when COMPARISONS.contains(branch.opcode()) && !loopExits.contains(branch.target()) ->
          Mutant.Kind.BOUNDS;
      default -> null;
    };
  }

  private static boolean isBarrier(InvokeInstruction call) {
    return call.owner().asInternalName().equals(CONTEXT)
        && call.name().stringValue().endsWith("Barrier");
  }

  private static boolean isArrayAccess(InvokeInstruction call) {
    String name = call.name().stringValue();
    return call.owner().asInternalName().startsWith(ARRAYS)
        && (name.equals("get") || name.equals("set"));
  }

  /** Labels right behind a jump back: where loops go when their condition no longer holds. */
  private static Set<Label> loopExits(CodeModel code) {
    Set<Label> exits = new HashSet<>();
    Set<Label> seen = new HashSet<>();
    boolean afterJumpBack = false;
    for (CodeElement element : code) {
      if (element instanceof LabelTarget target) {
        seen.add(target.label());
        if (afterJumpBack) {
          exits.add(target.label());
        }
      } else if (element instanceof Instruction instruction) {
        afterJumpBack =
            instruction instanceof BranchInstruction branch
                && branch.opcode() == Opcode.GOTO
                && seen.contains(branch.target());
      }
    }
    return exits;
  }

  private static void change(CodeBuilder code, CodeElement element) {
    switch (element) {
      case InvokeInstruction call when isBarrier(call) -> code.pop();
      case InvokeInstruction call when call.name().stringValue().equals("set") -> {
        shiftIndexBelow(code, TypeKind.from(call.typeSymbol().parameterType(1)));
        code.with(element);
      }
      case ArrayStoreInstruction store -> {
        shiftIndexBelow(code, store.typeKind());
        code.with(element);
      }
      case BranchInstruction _ -> code.pop2();
      default -> {
        code.iconst_1().iadd();
        code.with(element);
      }
    }
  }

  /** With the value on top of the stack, which is of one or two words. */
  private static void shiftIndexBelow(CodeBuilder code, TypeKind value) {
    if (value.slotSize() == 1) {
      code.swap().iconst_1().iadd().swap();
    } else {
      code.dup2_x1().pop2().iconst_1().iadd().dup_x2().pop();
    }
  }
}
