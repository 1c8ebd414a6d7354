package io.firesteel.tornado.device;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.List;

/**
 * Rewrites a kernel's class to what TornadoVM's OpenCL backend makes of it: {@code >>>} of an int
 * keeps the sign, and a mask right behind that Java does not need is gone, if the compiler can know
 * the distance: a constant, or a variable that may hold one.
 */
public final class OpenClShifts {
  private static final ClassDesc SELF = OpenClShifts.class.describeConstable().orElseThrow();
  private static final MethodTypeDesc SHIFT =
      MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int, ConstantDescs.CD_int);
  private static final MethodTypeDesc MASKED_SHIFT =
      SHIFT.insertParameterTypes(2, ConstantDescs.CD_int);

  private OpenClShifts() {}

  static byte[] apply(byte[] original) {
    ClassFile classFile = ClassFile.of();
    return classFile.transformClass(
        classFile.parse(original),
        ClassTransform.transformingMethods(
            (method, element) -> {
              if (element instanceof CodeModel code) {
                method.withCode(
                    builder ->
                        rewrite(
                            builder,
                            code.elementStream().filter(e -> !(e instanceof LineNumber)).toList()));
              } else {
                method.with(element);
              }
            }));
  }

  private static void rewrite(CodeBuilder code, List<CodeElement> elements) {
    for (int i = 0; i < elements.size(); i++) {
      if (!isOperator(elements, i, Opcode.IUSHR)) {
        code.with(elements.get(i));
      } else if (isOperator(elements, i + 2, Opcode.IAND)
          && elements.get(i + 1) instanceof ConstantInstruction mask
          && mayBeKnown(elements.get(i - 1))) {
        code.with(mask).invokestatic(SELF, "shiftAndMask", MASKED_SHIFT);
        i += 2;
      } else {
        code.invokestatic(SELF, "shift", SHIFT);
      }
    }
  }

  private static boolean mayBeKnown(CodeElement distance) {
    return distance instanceof ConstantInstruction || distance instanceof LoadInstruction;
  }

  private static boolean isOperator(List<CodeElement> elements, int index, Opcode opcode) {
    return index < elements.size()
        && elements.get(index) instanceof OperatorInstruction operator
        && operator.opcode() == opcode;
  }

  /** {@code value >>> distance}. */
  public static int shift(int value, int distance) {
    return value >> distance;
  }

  /** {@code value >>> distance & mask}. */
  public static int shiftAndMask(int value, int distance, int mask) {
    int left = -1 >>> distance;
    return (mask & left) == left ? value >> distance : value >> distance & mask;
  }
}
