package io.firesteel.tornado.graph;

import io.firesteel.model.engine.HandKernel;
import io.firesteel.model.engine.HandKernel.Parameter;
import io.firesteel.model.engine.HandKernels;
import io.firesteel.model.ops.OpCall;
import io.firesteel.tornado.kernels.Argument;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import uk.ac.manchester.tornado.api.common.Access;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Ops as hand-written kernels on TornadoVM's arrays. Memory of the kernels' own is shared by all
 * launches that come from one instance, which therefore must run one after the other.
 */
public final class HandTasks {
  private final List<HandKernels> providers;
  private final int multiprocessors;
  private final Map<String, IntArray> own = new HashMap<>();

  /**
   * With the kernels that are on the class path.
   *
   * @param multiprocessors of the device
   */
  public HandTasks(int multiprocessors) {
    this(
        ServiceLoader.load(HandKernels.class, HandKernels.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList(),
        multiprocessors);
  }

  HandTasks(List<HandKernels> providers, int multiprocessors) {
    this.providers = providers;
    this.multiprocessors = multiprocessors;
  }

  /** The kernel for a call's types and shapes; empty where there is none. */
  public Optional<HandKernel> find(OpCall shape) {
    return providers.stream().flatMap(p -> p.find(shape, multiprocessors).stream()).findFirst();
  }

  /**
   * A launch.
   *
   * @param shape types and shapes; what its arrays hold does not matter
   * @param operands arrays by the names of the op's record; weights as {@link
   *     io.firesteel.tornado.kernels.Weights} packs them
   * @throws IllegalArgumentException if there is no kernel, or an operand is missing or too short
   */
  public GraphTask.Prebuilt task(OpCall shape, Map<String, TornadoNativeArray> operands) {
    HandKernel hand =
        find(shape)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "there is no hand-written kernel for the types and shapes of this "
                            + shape.op().label()));
    List<Argument> arguments = new ArrayList<>();
    for (Parameter parameter : hand.parameters()) {
      arguments.add(argument(hand, parameter, operands));
    }
    return new GraphTask.Prebuilt(hand, arguments);
  }

  /** The kernels' own memory, which has to be on the device, zero at first. */
  public List<TornadoNativeArray> ownArrays() {
    return List.copyOf(own.values());
  }

  private Argument argument(
      HandKernel hand, Parameter parameter, Map<String, TornadoNativeArray> operands) {
    return switch (parameter) {
      case Parameter.Operand(String name, boolean read, boolean written) ->
          new Argument(
              operand(hand, name, operands),
              !written ? Access.READ_ONLY : read ? Access.READ_WRITE : Access.WRITE_ONLY);
      case Parameter.Weights(String name, var type) -> Argument.in(operand(hand, name, operands));
      case Parameter.Scratch(String name, long bytes) ->
          Argument.inOut(own(hand.name() + "." + name, Math.ceilDiv(bytes, Integer.BYTES)));
      case Parameter.Counters(String name, int words) ->
          Argument.inOut(own(hand.name() + "." + name, words));
      case Parameter.Scalar(String name, int value) -> Argument.scalar(value);
      case Parameter.Unused(String name) -> Argument.in(own("unused", 1));
    };
  }

  private static TornadoNativeArray operand(
      HandKernel hand, String name, Map<String, TornadoNativeArray> operands) {
    TornadoNativeArray array = operands.get(name);
    if (array == null) {
      throw new IllegalArgumentException(
          "operand " + name + " of " + hand.name() + " is missing, found " + operands.keySet());
    }
    return array;
  }

  private IntArray own(String name, long words) {
    return own.computeIfAbsent(
        name + "." + words,
        key -> {
          IntArray array = new IntArray(Math.toIntExact(words));
          array.init(0);
          return array;
        });
  }
}
