package io.firesteel.model;

import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.engine.EngineProvider;
import io.firesteel.model.kv.KvLayout;

/** Offers a {@link FakeEngine}, or refuses. */
final class FakeProvider implements EngineProvider {
  private final String name;
  private final int preference;
  private final Availability availability;
  private final String failure;

  /** The engine that was opened last. */
  FakeEngine engine;

  private FakeProvider(String name, int preference, Availability availability, String failure) {
    this.name = name;
    this.preference = preference;
    this.availability = availability;
    this.failure = failure;
  }

  static FakeProvider usable(String name, int preference) {
    return new FakeProvider(name, preference, new Availability.Usable("no device"), null);
  }

  static FakeProvider refused(String name, int preference, String reason, String remedy) {
    return new FakeProvider(name, preference, new Availability.Refused(reason, remedy), null);
  }

  static FakeProvider failing(String name, int preference, String failure) {
    return new FakeProvider(name, preference, new Availability.Usable("no device"), failure);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int preference() {
    return preference;
  }

  @Override
  public Availability probe(EngineOptions options) {
    return availability;
  }

  @Override
  public Engine open(ModelWeights weights, EngineOptions options, Progress progress)
      throws EngineException {
    if (failure != null) {
      throw new EngineException(failure);
    }
    KvLayout layout = new KvLayout(options.kvFormat(), 2, 32, 8);
    engine =
        new FakeEngine(
            layout,
            layout.pagesFor(options.cacheTokens()),
            weights.config().vocabulary(),
            options.maxRows(),
            false);
    return engine;
  }
}
