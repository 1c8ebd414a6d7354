package io.firesteel.tornado.sdk;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A change of one of TornadoVM 5.2's classes. */
enum SdkPatch {
  /**
   * Lets TornadoVM tell the prebuilt tasks of a graph apart. Its interpreter looks a task's code up
   * by the task's place in a list, and a prebuilt task equals nothing, itself included: so each is
   * taken for the first task of its graph, whose code then runs with the other's arguments. Without
   * {@code equals}, which this removes from the class, a task is equal to itself.
   */
  EQUAL_TASKS("tasks.PrebuiltTask") {
    @Override
    ClassTransform change(AtomicInteger changes) {
      return ClassTransform.dropping(
          counted(
              changes,
              element ->
                  element instanceof MethodModel method
                      && method.methodName().equalsString("equals")));
    }
  },

  /** Gives a graph room for the tasks of all layers: each graph costs the host time to launch. */
  MANY_TASKS("graph.TornadoExecutionContext") {
    @Override
    ClassTransform change(AtomicInteger changes) {
      return constant(GraphLimits.UNCHANGED.tasks(), GraphLimits.RAISED.tasks(), changes);
    }
  },

  /** Gives a graph room for what its tasks become, and their arrays. */
  MANY_NODES("graph.TornadoGraph") {
    @Override
    ClassTransform change(AtomicInteger changes) {
      return constant(GraphLimits.UNCHANGED.nodes(), GraphLimits.RAISED.nodes(), changes);
    }
  },

  /** Gives a graph room for its tasks in the form that it is first written in. */
  MANY_BYTES("tasks.TornadoTaskGraph") {
    @Override
    ClassTransform change(AtomicInteger changes) {
      return constant(GraphLimits.UNCHANGED.bytes(), GraphLimits.RAISED.bytes(), changes);
    }
  },

  /**
   * Launches a recorded CUDA graph at once. TornadoVM walks through all of a graph's transfers and
   * tasks before, only to find that each has been done or recorded, and waits for the device thrice
   * behind; this leaves the launch, and the wait of whoever runs the graph.
   */
  REPLAY("interpreter.TornadoVMInterpreter") {
    @Override
    ClassTransform change(AtomicInteger changes) {
      return ClassTransform.transformingMethods(
          counted(
              changes,
              method ->
                  method.methodName().equalsString("execute")
                      && method.methodTypeSymbol().parameterCount() == 0),
          MethodTransform.transformingCode(atStart(this::replay)));
    }

    private void replay(CodeBuilder code) {
      ClassDesc handles = ClassDesc.of("java.util.HashMap");
      ClassDesc device = ClassDesc.of(RUNTIME + "common.TornadoXPUDevice");
      ClassDesc iterator = ClassDesc.of("java.util.Iterator");
      ClassDesc text = ClassDesc.of("java.lang.StringBuilder");
      var ordinary = code.newLabel();
      code.aload(0)
          .getfield(desc(), "executionGraphHandles", handles)
          .invokevirtual(handles, "size", MethodTypeDesc.of(ConstantDescs.CD_int))
          .iconst_1()
          .if_icmpne(ordinary)
          .aload(0)
          .invokevirtual(
              desc(), "isIntraPlanConcurrencyActive", MethodTypeDesc.of(ConstantDescs.CD_boolean))
          .ifne(ordinary)
          .aload(0)
          .getfield(desc(), "interpreterDevice", device)
          .invokeinterface(device, "enableThreadSharing", MethodTypeDesc.of(ConstantDescs.CD_void))
          .aload(0)
          .new_(text)
          .dup()
          .invokespecial(text, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
          .aload(0)
          .getfield(desc(), "executionGraphHandles", handles)
          .invokevirtual(handles, "keySet", MethodTypeDesc.of(ConstantDescs.CD_Set))
          .invokeinterface(ConstantDescs.CD_Set, "iterator", MethodTypeDesc.of(iterator))
          .invokeinterface(iterator, "next", MethodTypeDesc.of(ConstantDescs.CD_Object))
          .checkcast(ConstantDescs.CD_Integer)
          .invokevirtual(
              ConstantDescs.CD_Integer, "intValue", MethodTypeDesc.of(ConstantDescs.CD_int))
          .invokevirtual(
              desc(),
              "executeGraphLaunch",
              MethodTypeDesc.of(ConstantDescs.CD_int, text, ConstantDescs.CD_int))
          .pop()
          .getstatic(desc(), "EMPTY_EVENT", EVENT)
          .areturn()
          .labelBinding(ordinary);
    }
  };

  static final ClassFile FORMAT = ClassFile.of();

  private static final String RUNTIME = "uk.ac.manchester.tornado.runtime.";
  private static final ClassDesc EVENT = ClassDesc.of("uk.ac.manchester.tornado.api.common.Event");

  private final String type;

  SdkPatch(String type) {
    this.type = type;
  }

  /** The class, with its package. */
  String type() {
    return RUNTIME + type;
  }

  /** The class's file in the SDK's jar, and in the folder of changed ones. */
  String file() {
    return type().replace('.', '/') + ".class";
  }

  ClassDesc desc() {
    return ClassDesc.of(type());
  }

  /**
   * The change.
   *
   * @param changes counts the places that are changed
   */
  abstract ClassTransform change(AtomicInteger changes);

  /**
   * The changed class.
   *
   * @param jar where the class is from, for messages
   * @throws SdkException if there is nothing in the class that this would change
   */
  byte[] apply(ClassModel original, Path jar) throws SdkException {
    AtomicInteger changes = new AtomicInteger();
    byte[] changed = FORMAT.transformClass(original, change(changes));
    if (changes.get() == 0) {
      throw new SdkException(
          "%s in %s is not TornadoVM 5.2's: it has nothing to change for %s"
              .formatted(file(), jar, name()),
          "install TornadoVM 5.2.0-jdk25");
    }
    return changed;
  }

  private static <T> Predicate<T> counted(AtomicInteger changes, Predicate<T> where) {
    return element -> {
      boolean found = where.test(element);
      if (found) {
        changes.incrementAndGet();
      }
      return found;
    };
  }

  /** Another number wherever constructors have this one. */
  private static ClassTransform constant(int from, int to, AtomicInteger changes) {
    return ClassTransform.transformingMethodBodies(
        method -> method.methodName().equalsString(ConstantDescs.INIT_NAME),
        (code, element) -> {
          if (element instanceof ConstantInstruction constant
              && constant.constantValue().equals(from)) {
            changes.incrementAndGet();
            code.loadConstant(to);
          } else {
            code.with(element);
          }
        });
  }

  private static CodeTransform atStart(Consumer<CodeBuilder> prologue) {
    return new CodeTransform() {
      @Override
      public void atStart(CodeBuilder code) {
        prologue.accept(code);
      }

      @Override
      public void accept(CodeBuilder code, CodeElement element) {
        code.with(element);
      }
    };
  }
}
