package io.firesteel.tornado.device;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LineNumber;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Set;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Rewrites a class so that {@link Probe} sees what a kernel does: indices of the work item,
 * barriers, warp operations, atomics, shifts with sign, and every access to TornadoVM arrays and to
 * Java arrays, which may be local memory.
 */
final class Instrumentation {
  private static final ClassDesc PROBE = Probe.class.describeConstable().orElseThrow();
  private static final ClassDesc CONTEXT = KernelContext.class.describeConstable().orElseThrow();
  private static final String ARRAYS = FloatArray.class.getPackageName() + ".";
  private static final ClassDesc QUANTIZATION =
      ClassDesc.of("uk.ac.manchester.tornado.api.utils.QuantizationUtils");
  private static final Set<String> ARRAY_TYPES =
      Set.of(
          "FloatArray",
          "IntArray",
          "ByteArray",
          "ShortArray",
          "LongArray",
          "DoubleArray",
          "HalfFloatArray");

  /** Operations that hold work items back until others arrive: they report their line. */
  private static final Set<String> MEETINGS =
      Set.of("localBarrier", "globalBarrier", "simdSum", "simdShuffleDown", "simdBroadcastFirst");

  private static final MethodTypeDesc INT_SHIFT =
      MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_int, ConstantDescs.CD_int);
  private static final MethodTypeDesc LONG_SHIFT =
      MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long, ConstantDescs.CD_int);

  private final ClassFile classFile;

  Instrumentation(ClassLoader loader) {
    classFile =
        ClassFile.of(
            ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(loader)
                    .orElse(ClassHierarchyResolver.defaultResolver())));
  }

  byte[] apply(byte[] original) {
    ClassModel model = classFile.parse(original);
    String owner = model.thisClass().asInternalName();
    ClassTransform transform =
        (target, element) -> {
          if (element instanceof MethodModel method) {
            String name = owner + "." + method.methodName().stringValue();
            target.transformMethod(method, MethodTransform.transformingCode(new Rewriter(name)));
          } else {
            target.with(element);
          }
        };
    return classFile.transformClass(model, transform);
  }

  /** Rewrites one method, keeping the current line. */
  private static final class Rewriter implements CodeTransform {
    private final String method;
    private int line;

    Rewriter(String method) {
      this.method = method;
    }

    @Override
    public void accept(CodeBuilder code, CodeElement element) {
      switch (element) {
        case LineNumber number -> {
          line = number.line();
          code.with(number);
        }
        case FieldInstruction field when isIndex(field) ->
            code.invokestatic(
                PROBE, field.name().stringValue(), MethodTypeDesc.of(field.typeSymbol(), CONTEXT));
        case InvokeInstruction call
            when call.owner().asSymbol().equals(CONTEXT)
                && !call.name().stringValue().equals("<init>") ->
            context(code, call);
        case InvokeInstruction call when isArrayAccess(call) ->
            code.invokestatic(PROBE, call.name().stringValue(), withReceiver(call));
        case InvokeInstruction call when call.owner().asSymbol().equals(QUANTIZATION) ->
            code.invokestatic(PROBE, call.name().stringValue(), call.typeSymbol());
        case ArrayLoadInstruction load when isWatched(load.typeKind()) ->
            code.loadConstant(method).invokestatic(PROBE, "load", loadType(load.typeKind()));
        case ArrayStoreInstruction store when isWatched(store.typeKind()) ->
            code.loadConstant(method).invokestatic(PROBE, "store", storeType(store.typeKind()));
        case OperatorInstruction shift when shift.opcode() == Opcode.ISHR ->
            code.invokestatic(PROBE, "shift", INT_SHIFT);
        case OperatorInstruction shift when shift.opcode() == Opcode.LSHR ->
            code.invokestatic(PROBE, "shift", LONG_SHIFT);
        default -> code.with(element);
      }
    }

    private void context(CodeBuilder code, InvokeInstruction call) {
      String name = call.name().stringValue();
      MethodTypeDesc type = withReceiver(call);
      if (MEETINGS.contains(name)) {
        code.loadConstant(line);
        type = type.insertParameterTypes(type.parameterCount(), ConstantDescs.CD_int);
      } else if (name.endsWith("LocalArray")) {
        code.loadConstant(method);
        type = type.insertParameterTypes(type.parameterCount(), ConstantDescs.CD_String);
      }
      code.invokestatic(PROBE, name, type);
    }

    private static MethodTypeDesc withReceiver(InvokeInstruction call) {
      return call.typeSymbol().insertParameterTypes(0, call.owner().asSymbol());
    }

    private static boolean isIndex(FieldInstruction field) {
      return field.owner().asSymbol().equals(CONTEXT);
    }

    private static boolean isArrayAccess(InvokeInstruction call) {
      String owner = call.owner().asInternalName().replace('/', '.');
      String name = call.name().stringValue();
      return owner.startsWith(ARRAYS)
          && ARRAY_TYPES.contains(owner.substring(ARRAYS.length()))
          && (name.equals("get") || name.equals("set"));
    }

    private static boolean isWatched(TypeKind kind) {
      return switch (kind) {
        case INT, FLOAT, LONG, DOUBLE -> true;
        default -> false;
      };
    }

    private static MethodTypeDesc loadType(TypeKind kind) {
      ClassDesc element = kind.upperBound();
      return MethodTypeDesc.of(
          element, element.arrayType(), ConstantDescs.CD_int, ConstantDescs.CD_String);
    }

    private static MethodTypeDesc storeType(TypeKind kind) {
      ClassDesc element = kind.upperBound();
      return MethodTypeDesc.of(
          ConstantDescs.CD_void,
          element.arrayType(),
          ConstantDescs.CD_int,
          element,
          ConstantDescs.CD_String);
    }
  }
}
