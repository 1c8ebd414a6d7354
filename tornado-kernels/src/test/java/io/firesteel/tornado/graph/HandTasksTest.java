package io.firesteel.tornado.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.TensorType;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.engine.HandKernel;
import io.firesteel.model.engine.HandKernel.Parameter;
import io.firesteel.model.engine.HandKernels;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.Sample;
import io.firesteel.tornado.kernels.Argument;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

class HandTasksTest {
  private static final OpCall CALL = ConformanceSuite.cases().getFirst().call().get();

  /** One kernel for everything but sampling. */
  private record OneKernel(List<Parameter> parameters) implements HandKernels {
    @Override
    public Optional<HandKernel> find(OpCall call, int multiprocessors) {
      return call instanceof Sample
          ? Optional.empty()
          : Optional.of(new HandKernel("k", multiprocessors, 1, 1, 32, parameters, name -> name));
    }

    @Override
    public void pack(TensorType type, MemorySegment blocks, MemorySegment target) {
      target.copyFrom(blocks);
    }
  }

  private static HandTasks tasks(Parameter... parameters) {
    return new HandTasks(List.of(new OneKernel(List.of(parameters))), 4);
  }

  @Test
  void operandsAreFoundByNameWithTheAccessTheKernelNeeds() {
    FloatArray x = new FloatArray(8);
    IntArray table = new IntArray(8);
    GraphTask.Prebuilt task =
        tasks(
                new Parameter.Weights("table", TensorType.Q4_0),
                new Parameter.Operand("x", true, true),
                new Parameter.Scalar("rows", 3))
            .task(CALL, Map.of("x", x, "table", table));
    assertSame(table, task.arguments().get(0).value());
    assertSame(x, task.arguments().get(1).value());
    assertEquals(3, task.arguments().get(2).value());
    assertEquals(
        List.of(Access.READ_ONLY, Access.READ_WRITE, Access.READ_ONLY),
        task.arguments().stream().map(Argument::access).toList());
  }

  @Test
  void aMissingOperandIsNamed() {
    HandTasks tasks = tasks(new Parameter.Operand("norm", true, false));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> tasks.task(CALL, Map.of()));
    assertTrue(e.getMessage().contains("operand norm of k is missing"), e.getMessage());
  }

  @Test
  void memoryOfTheKernelsOwnIsZeroAtFirstAndSharedByItsLaunches() {
    HandTasks tasks = tasks(new Parameter.Counters("counters", 2), new Parameter.Unused("bias"));
    Object first = tasks.task(CALL, Map.of()).arguments().getFirst().value();
    assertSame(first, tasks.task(CALL, Map.of()).arguments().getFirst().value());
    assertEquals(0, ((IntArray) first).get(0) | ((IntArray) first).get(1));
    assertEquals(2, tasks.ownArrays().size());
  }
}
