package io.firesteel.ptx.engine;

import io.firesteel.model.engine.DeviceMeter;
import io.firesteel.model.engine.DeviceMeterProvider;
import io.firesteel.ptx.driver.CudaException;
import io.firesteel.ptx.driver.Device;
import io.firesteel.ptx.driver.Driver;
import io.firesteel.ptx.driver.Nvml;
import java.util.List;
import java.util.Optional;

/** Offers meters of NVIDIA GPUs, for this module's engine and any other that names the GPU. */
public final class GpuMeterProvider implements DeviceMeterProvider {
  @Override
  public Optional<DeviceMeter> open(String engine, String device, int threads) {
    try {
      return choose(Driver.devices(), engine, device).map(gpu -> new GpuMeter(gpu, Nvml.open(gpu)));
    } catch (CudaException | UnsupportedOperationException | IllegalCallerException e) {
      return Optional.empty();
    }
  }

  /** The device whose name occurs in what the engine says; for the PTX engine else the first. */
  static Optional<Device> choose(List<Device> devices, String engine, String description) {
    return devices.stream()
        .filter(device -> description.contains(device.name()))
        .findFirst()
        .or(
            () ->
                engine.equals(PtxEngineProvider.NAME)
                    ? devices.stream().findFirst()
                    : Optional.empty());
  }
}
