package io.firesteel.ptx.engine;

import io.firesteel.model.engine.DeviceIdentity;
import io.firesteel.model.engine.DeviceMeter;
import io.firesteel.model.engine.DeviceReading;
import io.firesteel.model.engine.EngineException;
import io.firesteel.ptx.driver.CudaException;
import io.firesteel.ptx.driver.Device;
import io.firesteel.ptx.driver.Nvml;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Reads a GPU through NVIDIA's management library, and measures it with a kernel. */
final class GpuMeter implements DeviceMeter {
  /** Many times the largest L2 cache. */
  private static final long STREAM_BYTES = 1L << 31;

  private final Device device;
  private final Optional<Nvml> readings;

  GpuMeter(Device device, Optional<Nvml> readings) {
    this.device = device;
    this.readings = readings;
  }

  @Override
  public DeviceIdentity identity() {
    Map<String, String> details = new TreeMap<>();
    details.put("compute capability", device.computeCapability());
    details.put("multiprocessors", Integer.toString(device.multiprocessors()));
    details.put("L2 bytes", Long.toString(device.l2Bytes()));
    readings
        .map(Nvml::maxGraphicsClock)
        .orElse(OptionalInt.empty())
        .ifPresent(mhz -> details.put("largest clock MHz", Integer.toString(mhz)));
    readings
        .map(Nvml::maxMemoryClock)
        .orElse(OptionalInt.empty())
        .ifPresent(mhz -> details.put("largest memory clock MHz", Integer.toString(mhz)));
    return new DeviceIdentity(
        device.name(),
        readings.flatMap(Nvml::driverVersion),
        OptionalLong.of(device.memoryBytes()),
        readings.map(Nvml::powerLimitWatts).orElse(OptionalDouble.empty()),
        details);
  }

  @Override
  public DeviceReading read() {
    return readings.map(GpuMeter::reading).orElse(DeviceReading.NONE);
  }

  private static DeviceReading reading(Nvml nvml) {
    return new DeviceReading(
        nvml.graphicsClock(),
        nvml.memoryClock(),
        nvml.powerWatts(),
        nvml.energyJoules(),
        nvml.temperature(),
        nvml.memoryUsedBytes(),
        nvml.throttling());
  }

  /** In a context of its own, which is closed again. */
  @Override
  public double measureReadCeiling() throws EngineException {
    try (KernelDevice own = new CudaKernelDevice(device)) {
      return new ReadCeiling(own, STREAM_BYTES).bytesPerSecond();
    } catch (CudaException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    readings.ifPresent(Nvml::close);
  }
}
