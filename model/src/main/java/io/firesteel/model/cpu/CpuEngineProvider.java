package io.firesteel.model.cpu;

import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.engine.EngineProvider;

/** Offers the CPU engine, which runs everywhere. */
public final class CpuEngineProvider implements EngineProvider {
  static final String NAME = "cpu";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int preference() {
    return 0;
  }

  @Override
  public Availability probe(EngineOptions options) {
    return availability(options.threads());
  }

  static Availability availability(int threads) {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return new Availability.Refused(
          "the module jdk.incubator.vector is not loaded",
          "start Java with --add-modules jdk.incubator.vector");
    }
    return new Availability.Usable(device(threads));
  }

  static String device(int threads) {
    return "%d threads, %d-bit vectors".formatted(threads, DotKernel.SPECIES.vectorBitSize());
  }

  @Override
  public Engine open(ModelWeights weights, EngineOptions options, Progress progress)
      throws EngineException {
    try {
      return new CpuEngine(weights, options);
    } catch (OutOfMemoryError e) {
      throw new EngineException(
          "not enough memory for a KV cache of %d positions; ask for a shorter context or a Q8 cache"
              .formatted(options.cacheTokens()),
          e);
    }
  }
}
