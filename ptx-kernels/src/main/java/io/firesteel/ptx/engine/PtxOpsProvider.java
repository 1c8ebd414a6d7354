package io.firesteel.ptx.engine;

import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.OpsProvider;
import io.firesteel.model.ops.TimedOps;
import io.firesteel.ptx.driver.CudaException;
import io.firesteel.ptx.driver.Driver;

/** Offers the ops as PTX kernels on the first suitable GPU. */
public final class PtxOpsProvider implements OpsProvider {
  @Override
  public String name() {
    return PtxEngineProvider.NAME;
  }

  @Override
  public String timing() {
    return "events around a CUDA graph of all runs, each starting as the one before it ends";
  }

  @Override
  public Availability probe() {
    return Driver.probe();
  }

  @Override
  public TimedOps open() throws EngineException {
    if (probe() instanceof Availability.Refused(String reason, String remedy)) {
      throw new EngineException(reason + ". " + remedy + ".");
    }
    try {
      return PtxOps.open(Driver.devices().getFirst());
    } catch (CudaException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }
}
