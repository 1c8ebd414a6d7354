package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.out;
import static io.firesteel.tornado.kernels.Argument.scalar;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.TaskPackage;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** A launch is checked when it is described, and becomes a task of TornadoVM. */
class KernelTaskTest {
  private static final FloatArray FLOATS = new FloatArray(8);

  record Wrong(String kernel, List<Argument> arguments, String message) {}

  static Stream<Wrong> wrongLaunches() {
    return Stream.of(
        new Wrong("absent", List.of(), "0 public methods named absent"),
        new Wrong("copy", List.of(in(FLOATS)), "takes 3 arguments after the context, found 1"),
        new Wrong(
            "copy",
            List.of(in(FLOATS), out(new IntArray(8)), scalar(8)),
            "argument 2 of copy is a IntArray, expected a FloatArray"));
  }

  @ParameterizedTest
  @MethodSource("wrongLaunches")
  void refusesWhatDoesNotFit(Wrong wrong) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new KernelTask(
                    FaultyKernels.class, wrong.kernel(), new Geometry(1, 8), wrong.arguments()));
    assertTrue(refused.getMessage().contains(wrong.message()), refused::getMessage);
  }

  @Test
  void refusesMoreArgumentsThanTornadoVmTakes() {
    Object[] many = Collections.nCopies(16, FLOATS).toArray();
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> TaskPackages.of("task", RmsNorm.class.getMethods()[0], many));
    assertTrue(refused.getMessage().contains("expected at most 15"), refused::getMessage);
  }

  @Test
  void becomesATaskWithTheContextFirst() {
    KernelContext context = new KernelContext();
    KernelTask task =
        KernelTask.of(
            FaultyKernels.class, "copy", new Geometry(1, 8), in(FLOATS), out(FLOATS), scalar(8));
    TaskPackage tornado = task.taskPackage("copy", context);
    assertEquals("copy", tornado.getId());
    List<Object> parameters = Arrays.asList(tornado.getTaskParameters());
    assertEquals(List.of(context, FLOATS, FLOATS, 8), parameters.subList(1, 5));
  }
}
