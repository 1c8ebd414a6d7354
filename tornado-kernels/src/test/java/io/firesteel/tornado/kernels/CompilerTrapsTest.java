package io.firesteel.tornado.kernels;

import static io.firesteel.tornado.kernels.Argument.in;
import static io.firesteel.tornado.kernels.Argument.inOut;
import static io.firesteel.tornado.kernels.Argument.out;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.firesteel.tornado.sdk.NeedsTornado;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * What TornadoVM 5.2 refuses or compiles wrongly, so that a newer one that does better is noticed.
 * Needs an installed TornadoVM.
 */
@NeedsTornado
class CompilerTrapsTest {
  private static final int COUNT = 64;
  private static final Geometry ONE_GROUP = new Geometry(1, COUNT);

  @Test
  void whatIsRightRuns() throws TornadoExecutionPlanException {
    FloatArray y = new FloatArray(COUNT);
    run("right", "right", y, in(ramp()), out(y));
    assertEquals(COUNT, y.get(COUNT - 1));
  }

  @Test
  void localArraysInHelpersGoWrong() throws TornadoExecutionPlanException {
    FloatArray y = new FloatArray(COUNT);
    run("local", "localInHelper", y, out(y));
    assertNotEquals(COUNT - 1, y.get(COUNT - 1), "TornadoVM compiles this rightly now");
  }

  @Test
  void largeHelpersAreRefused() {
    IntArray y = new IntArray(COUNT);
    assertThrows(RuntimeException.class, () -> run("large", "largeHelper", y, in(ramp()), out(y)));
  }

  @Test
  void wordsOfOpenClAreRefusedAsNames() {
    FloatArray y = new FloatArray(COUNT);
    assertThrows(RuntimeException.class, () -> run("word", "normalize", y, out(y)));
  }

  @Test
  void shiftsWithoutSignHaveOneOnOpenCl() throws TornadoExecutionPlanException {
    assumeTrue(isOn("opencl"), "the OpenCL backend is not on the module path");
    IntArray y = new IntArray(COUNT);
    run("shift", "highestByte", y, in(negative()), out(y));
    assertEquals(-1, y.get(0), "TornadoVM shifts without sign on OpenCL now");
  }

  @Test
  void shiftsWithSignHaveNoneOnPtx() throws TornadoExecutionPlanException {
    assumeTrue(isOn("ptx"), "the PTX backend is not on the module path");
    IntArray y = new IntArray(COUNT);
    run("shift", "signedByte", y, in(negative()), out(y));
    assertEquals(255, y.get(0), "TornadoVM shifts with sign on PTX now");
  }

  @Test
  void arraysThatAreOnlyWrittenLoseWhatIsNotOverwritten() throws TornadoExecutionPlanException {
    float unlikely = 1234.5f;
    FloatArray y = new FloatArray(2 * COUNT);
    y.init(unlikely);
    run("half", "everySecond", y, inOut(y));
    assertEquals(1, y.get(0));
    assertNotEquals(unlikely, y.get(1), "TornadoVM copies such arrays now");
  }

  @Test
  void shufflesDoNothingOnOpenCl() throws TornadoExecutionPlanException {
    assumeTrue(isOn("opencl"), "the OpenCL backend is not on the module path");
    FloatArray y = new FloatArray(COUNT);
    run("lanes", "nextLane", y, in(ramp()), out(y));
    assertEquals(0, y.get(0), "TornadoVM compiles shuffles for OpenCL now");
  }

  @Test
  void loopVariablesThatTakeOverOthersGoWrong() throws TornadoExecutionPlanException {
    IntArray once = new IntArray(COUNT);
    once.init(1);
    IntArray y = new IntArray(COUNT);
    run("loop", "takeOver", y, in(once), out(y));
    assertNotEquals(231, y.get(0), "TornadoVM copies such variables at once now");
  }

  @Test
  void conditionsOfSeveralPartsGoWrong() throws TornadoExecutionPlanException {
    assumeTrue(isOn("opencl"), "the OpenCL backend is not on the module path");
    IntArray y = new IntArray(COUNT);
    run("parts", "severalParts", y, in(ramp()), out(y));
    assertNotEquals(0, y.get(2), "TornadoVM compiles such conditions rightly now");
  }

  private static boolean isOn(String backend) {
    return ModuleLayer.boot().findModule("tornado.drivers." + backend).isPresent();
  }

  private static IntArray negative() {
    IntArray x = new IntArray(COUNT);
    x.init(-1);
    return x;
  }

  private static FloatArray ramp() {
    FloatArray x = new FloatArray(COUNT);
    for (int i = 0; i < COUNT; i++) {
      x.set(i, i);
    }
    return x;
  }

  private static void run(
      String name, String kernel, TornadoNativeArray result, Argument... arguments)
      throws TornadoExecutionPlanException {
    KernelTask task = KernelTask.of(TrapKernels.class, kernel, ONE_GROUP, arguments);
    TaskGraph graph = new TaskGraph(name);
    for (Argument argument : arguments) {
      graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, argument.value());
    }
    graph.addTask(task.taskPackage("t", new KernelContext()));
    graph.transferToHost(DataTransferMode.EVERY_EXECUTION, result);
    GridScheduler grid = new GridScheduler(name + ".t", task.geometry().workerGrid());
    try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
      plan.withGridScheduler(grid).execute();
    }
  }
}
