package io.firesteel.model.cpu;

import io.firesteel.model.engine.DeviceMeter;
import io.firesteel.model.engine.DeviceMeterProvider;
import java.util.Optional;

/** Offers a meter of the machine's processor and memory. */
public final class CpuMeterProvider implements DeviceMeterProvider {
  @Override
  public Optional<DeviceMeter> open(String engine, String device, int threads) {
    return engine.equals(CpuEngineProvider.NAME)
        ? Optional.of(new CpuMeter(LinuxCounters.SYSTEM, threads))
        : Optional.empty();
  }
}
