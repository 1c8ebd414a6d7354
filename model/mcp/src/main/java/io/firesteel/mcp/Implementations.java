package io.firesteel.mcp;

import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.OpsProvider;
import io.firesteel.model.ops.TimedOps;
import java.util.List;
import java.util.ServiceLoader;

/** The implementations of the ops that are installed. */
public final class Implementations {
  private final List<OpsProvider> providers;

  Implementations(List<OpsProvider> providers) {
    this.providers = List.copyOf(providers);
  }

  /** Those on the class path. */
  public static Implementations installed() {
    return new Implementations(
        ServiceLoader.load(OpsProvider.class).stream().map(ServiceLoader.Provider::get).toList());
  }

  List<OpsProvider> all() {
    return providers;
  }

  List<OpsProvider> usable() {
    return providers.stream()
        .filter(provider -> provider.probe() instanceof Availability.Usable)
        .toList();
  }

  TimedOps open(String name) throws ToolException {
    for (OpsProvider provider : providers) {
      if (provider.name().equals(name)) {
        return open(provider);
      }
    }
    throw new ToolException(
        "there is no implementation '"
            + name
            + "'; there are "
            + providers.stream().map(OpsProvider::name).toList());
  }

  private static TimedOps open(OpsProvider provider) throws ToolException {
    if (provider.probe() instanceof Availability.Refused(String reason, String remedy)) {
      throw new ToolException(provider.name() + " cannot run here: " + reason + "; " + remedy);
    }
    try {
      return provider.open();
    } catch (EngineException e) {
      throw new ToolException(e.getMessage(), e);
    }
  }
}
