package io.firesteel.tornado.engine;

import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.OpsProvider;
import io.firesteel.model.ops.TimedOps;
import io.firesteel.tornado.sdk.Backend;
import io.firesteel.tornado.sdk.SdkException;
import io.firesteel.tornado.sdk.TornadoDevices;
import io.firesteel.tornado.sdk.TornadoSettings;

/** Offers the ops in one form through TornadoVM. */
abstract class TornadoOpsProvider implements OpsProvider {
  private final Form form;

  TornadoOpsProvider(Form form) {
    this.form = form;
  }

  @Override
  public final String name() {
    return "tornado-" + form.label();
  }

  @Override
  public final String timing() {
    return "sum of the events around each kernel, every run launched by itself";
  }

  @Override
  public final Availability probe() {
    try {
      return new Availability.Usable(devices().describe());
    } catch (SdkException e) {
      return e.refusal();
    }
  }

  @Override
  public final TimedOps open() throws EngineException {
    TornadoDevices devices = devices();
    return new TornadoOps(form, devices.backend(), devices.first().computeUnits());
  }

  private TornadoDevices devices() throws SdkException {
    TornadoSettings settings = TornadoSettings.ofLauncher();
    TornadoDevices devices = TornadoDevices.query(settings);
    if (form == Form.PTX && devices.backend() != Backend.PTX) {
      throw new SdkException(
          "hand-written PTX needs TornadoVM's ptx backend, found " + devices.backend().label(),
          "set tornado.backend = ptx in tornado.properties");
    }
    return devices;
  }

  /** Java kernels. */
  public static final class Java extends TornadoOpsProvider {
    /** For {@link java.util.ServiceLoader}. */
    public Java() {
      super(Form.JAVA);
    }
  }

  /** Hand-written PTX in TornadoVM's graphs. */
  public static final class Ptx extends TornadoOpsProvider {
    /** For {@link java.util.ServiceLoader}. */
    public Ptx() {
      super(Form.PTX);
    }
  }
}
