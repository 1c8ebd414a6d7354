package io.firesteel.tornado.engine;

import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.engine.EngineProvider;
import io.firesteel.tornado.sdk.SdkException;
import io.firesteel.tornado.sdk.TornadoDevices;
import io.firesteel.tornado.sdk.TornadoSettings;

/** Offers the TornadoVM engine where a suitable SDK is installed and Java was started for it. */
public final class TornadoEngineProvider implements EngineProvider {
  static final String NAME = "tornado";

  private static final int PREFERENCE = 150;

  /** For {@link java.util.ServiceLoader}. */
  public TornadoEngineProvider() {}

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
    try {
      TornadoSettings settings = TornadoSettings.of(options.settings());
      TornadoDevices devices = TornadoDevices.query(settings);
      new FormChoice(options.settings().implementations(), devices.backend());
      return new Availability.Usable(devices.describe());
    } catch (SdkException e) {
      return e.refusal();
    }
  }

  @Override
  public Engine open(ModelWeights weights, EngineOptions options, Progress progress)
      throws EngineException {
    TornadoSettings settings = TornadoSettings.of(options.settings());
    return TornadoEngine.open(weights, options, settings, TornadoDevices.query(settings), progress);
  }
}
