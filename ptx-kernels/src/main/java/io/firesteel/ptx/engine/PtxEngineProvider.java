package io.firesteel.ptx.engine;

import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.engine.EngineProvider;
import io.firesteel.ptx.driver.CudaException;
import io.firesteel.ptx.driver.Device;
import io.firesteel.ptx.driver.Driver;
import java.util.List;

/** Offers the PTX engine: hand-written kernels on the first suitable GPU. */
public final class PtxEngineProvider implements EngineProvider {
  static final String NAME = "ptx";

  private static final int PREFERENCE = 200;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int preference() {
    return PREFERENCE;
  }

  @Override
  public Availability probe(EngineOptions options) {
    return Driver.probe();
  }

  @Override
  public Engine open(ModelWeights weights, EngineOptions options, Progress progress)
      throws EngineException {
    return openEngine(weights, options, progress);
  }

  static PtxEngine openEngine(ModelWeights weights, EngineOptions options, Progress progress)
      throws EngineException {
    if (Driver.probe() instanceof Availability.Refused(String reason, String remedy)) {
      throw new EngineException(reason + ". " + remedy + ".");
    }
    try {
      List<Device> devices = Driver.devices();
      return PtxEngine.open(new CudaKernelDevice(devices.getFirst()), weights, options, progress);
    } catch (CudaException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }
}
