package io.firesteel.ptx.engine;

import io.firesteel.model.kv.KvLayout;
import io.firesteel.ptx.engine.KernelDevice.Recording;
import io.firesteel.ptx.kernel.Launch;
import io.firesteel.ptx.kernel.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where the time of a step goes: the launches of each kernel are recorded alone, one after the
 * other as in the step, and timed. A kernel's share can differ from its part of the whole step, in
 * which neighbours overlap; the whole is measured as well.
 */
final class StepProfile {
  /** Matrices that a kernel reads whole, or of which it reads the chosen experts. */
  private static final Set<String> WEIGHTS =
      Set.of("wq", "wk", "wv", "weights", "gate", "up", "down");

  private static final int WARM_UP = 2;

  private final KernelDevice device;
  private final EngineMemory memory;
  private final KvLayout layout;
  private final int repeats;

  StepProfile(KernelDevice device, EngineMemory memory, KvLayout layout, int repeats) {
    this.device = device;
    this.memory = memory;
    this.layout = layout;
    this.repeats = repeats;
  }

  /**
   * Times a step.
   *
   * @param step its launches
   * @param positions positions in the context of each row
   */
  List<KernelTime> measure(List<Launch> step, int positions) {
    Map<String, List<Launch>> byKernel = new LinkedHashMap<>();
    for (Launch launch : step) {
      byKernel
          .computeIfAbsent(launch.kernel().spec().template(), _ -> new ArrayList<>())
          .add(launch);
    }
    List<KernelTime> times = new ArrayList<>();
    byKernel.forEach((name, launches) -> times.add(time(name, launches, positions)));
    times.add(time("step", step, positions));
    return times;
  }

  private KernelTime time(String name, List<Launch> launches, int positions) {
    long bytes = launches.stream().mapToLong(launch -> bytes(launch, positions)).sum();
    try (Recording recording = device.record(launches)) {
      for (int i = 0; i < WARM_UP; i++) {
        recording.run();
      }
      double nanos = 0;
      for (int i = 0; i < repeats; i++) {
        nanos += recording.time();
      }
      double micros = nanos / 1e3 / repeats;
      return new KernelTime(name, launches.size(), micros, bytes);
    }
  }

  /** Weights, and keys and values: what a launch must read from device memory at least. */
  private long bytes(Launch launch, int positions) {
    Map<String, Long> constants = launch.kernel().spec().constants();
    if (launch.kernel().spec().template().equals("attention")) {
      return (long) launch.gridZ() * positions * (layout.pageBytes() / layout.pageTokens());
    }
    long bytes = 0;
    List<Parameter> parameters = launch.kernel().parameters();
    for (int i = 0; i < parameters.size(); i++) {
      if (WEIGHTS.contains(parameters.get(i).name())) {
        bytes += memory.sizeAt(launch.arguments().get(i));
      }
    }
    boolean byRow = launch.kernel().spec().template().matches("expert_(in|out)");
    return byRow ? bytes * constants.get("ACTIVE") / constants.get("EXPERTS") : bytes;
  }
}
