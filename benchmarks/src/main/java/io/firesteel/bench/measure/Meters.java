package io.firesteel.bench.measure;

import io.firesteel.model.engine.DeviceIdentity;
import io.firesteel.model.engine.DeviceMeter;
import io.firesteel.model.engine.DeviceMeterProvider;
import io.firesteel.model.engine.DeviceReading;
import io.firesteel.model.engine.EngineException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.ServiceLoader;

/** Finds the meter of an engine's device. */
public final class Meters {
  private Meters() {}

  /**
   * Opens the meter of a device; one that reads nothing where no provider knows it.
   *
   * @param engine name of the engine
   * @param device what the engine says it runs on
   * @param threads host threads that it computes with
   */
  public static DeviceMeter open(String engine, String device, int threads) {
    return ServiceLoader.load(DeviceMeterProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .flatMap(provider -> provider.open(engine, device, threads).stream())
        .findFirst()
        .orElseGet(() -> new Unread(device));
  }

  /** A device that nothing here can read. */
  private record Unread(String device) implements DeviceMeter {
    @Override
    public DeviceIdentity identity() {
      return new DeviceIdentity(
          device, Optional.empty(), OptionalLong.empty(), OptionalDouble.empty(), Map.of());
    }

    @Override
    public DeviceReading read() {
      return DeviceReading.NONE;
    }

    @Override
    public double measureReadCeiling() throws EngineException {
      throw new EngineException("there is no meter for " + device);
    }

    @Override
    public void close() {}
  }
}
