package io.firesteel.model;

import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.engine.EngineProvider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Chooses an engine by name, or the usable one with the highest preference. */
final class EngineChoice {
  private final List<EngineProvider> providers;
  private final List<EngineRefusal> refusals = new ArrayList<>();

  EngineChoice(List<EngineProvider> providers) {
    this.providers =
        providers.stream()
            .sorted(Comparator.comparingInt(EngineProvider::preference).reversed())
            .toList();
  }

  /** All engines on the class path. */
  static EngineChoice installed() {
    return new EngineChoice(
        ServiceLoader.load(EngineProvider.class, EngineProvider.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList());
  }

  /** The engines that were refused before one was opened. */
  List<EngineRefusal> refusals() {
    return List.copyOf(refusals);
  }

  /** Opens an engine; must be called on the thread that will use it. */
  Engine open(String name, ModelWeights weights, EngineOptions options, Progress progress)
      throws EngineException {
    return name.equals(ModelOptions.AUTO)
        ? openBest(weights, options, progress)
        : openNamed(name, weights, options, progress);
  }

  private Engine openBest(ModelWeights weights, EngineOptions options, Progress progress)
      throws EngineException {
    EngineException last = null;
    for (EngineProvider provider : providers) {
      try {
        if (provider.probe(options) instanceof Availability.Refused(String reason, String remedy)) {
          refusals.add(new EngineRefusal(provider.name(), reason, remedy));
        } else {
          return provider.open(weights, options, progress);
        }
      } catch (EngineException e) {
        refusals.add(
            new EngineRefusal(
                provider.name(), e.getMessage(), "name the engine to see the whole error"));
        last = e;
      }
    }
    String all =
        refusals.isEmpty()
            ? "none is on the class path"
            : refusals.stream().map(EngineRefusal::toString).collect(Collectors.joining("; "));
    throw new EngineException("no engine can run this model here: " + all, last);
  }

  private Engine openNamed(
      String name, ModelWeights weights, EngineOptions options, Progress progress)
      throws EngineException {
    for (EngineProvider provider : providers) {
      if (provider.name().equals(name)) {
        if (provider.probe(options) instanceof Availability.Refused(String reason, String remedy)) {
          throw new EngineException(
              "the engine %s cannot run here: %s (%s)".formatted(name, reason, remedy));
        }
        return provider.open(weights, options, progress);
      }
    }
    throw new EngineException(
        "there is no engine named \"%s\", expected %s or %s"
            .formatted(
                name,
                providers.stream().map(EngineProvider::name).collect(Collectors.joining(", ")),
                ModelOptions.AUTO));
  }
}
