package io.firesteel.model.cpu;

import io.firesteel.model.engine.DeviceIdentity;
import io.firesteel.model.engine.DeviceMeter;
import io.firesteel.model.engine.DeviceReading;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Reads the machine's processor and memory. */
final class CpuMeter implements DeviceMeter {
  private final LinuxCounters counters;
  private final int threads;

  /**
   * A meter.
   *
   * @param threads threads that stream through memory for the ceiling
   */
  CpuMeter(LinuxCounters counters, int threads) {
    this.counters = counters;
    this.threads = threads;
  }

  @Override
  public DeviceIdentity identity() {
    return new DeviceIdentity(
        counters.processor().orElse("unknown processor (" + System.getProperty("os.arch") + ")"),
        Optional.empty(),
        counters.memoryBytes(),
        OptionalDouble.empty(),
        Map.of(
            "processors", Integer.toString(Runtime.getRuntime().availableProcessors()),
            "threads", Integer.toString(threads),
            "vectors", DotKernel.SPECIES.vectorBitSize() + " bits"));
  }

  @Override
  public DeviceReading read() {
    return new DeviceReading(
        counters.clockMhz(),
        OptionalInt.empty(),
        OptionalDouble.empty(),
        counters.joules(),
        OptionalInt.empty(),
        counters.memoryUsedBytes(),
        List.of());
  }

  @Override
  public double measureReadCeiling() {
    return new MemoryStream(threads).bytesPerSecond();
  }

  @Override
  public void close() {}
}
