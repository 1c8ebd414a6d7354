package io.firesteel.tornado.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.config.Settings;
import io.firesteel.model.conformance.EngineConformance;
import io.firesteel.model.conformance.ReferenceModel;
import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.engine.EngineProvider;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.tornado.sdk.NeedsTornado;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The trained model in task graphs of an installed TornadoVM. */
@NeedsTornado
class TornadoEngineTest extends EngineConformance {
  TornadoEngineTest() {
    super(new WithSettings(new TornadoEngineProvider()), KvFormat.F16, 5e-3);
  }

  @Test
  void tokensAreDrawnAsOnTheHost() throws Exception {
    EngineOptions options = new EngineOptions(1, 512, KvFormat.F16, 16, 512);
    try (Gguf file = ReferenceModel.open();
        Engine engine =
            new WithSettings(new TornadoEngineProvider())
                .open(ModelWeights.of(file), options, Progress.NONE)) {
      int[] prompt = ReferenceModel.load().prompts().getFirst().ids();
      for (Map.Entry<String, SamplingParameters> way : DrawnTokens.ways().entrySet()) {
        List<int[]> tokens = DrawnTokens.onDeviceAndHost(engine, prompt, way.getValue());
        assertArrayEquals(tokens.getLast(), tokens.getFirst(), way.getKey());
      }
    }
  }

  /** The engine as the settings file of this run wants it. */
  private record WithSettings(TornadoEngineProvider provider) implements EngineProvider {
    private static EngineOptions set(EngineOptions options) throws EngineException {
      Path file = Path.of(System.getProperty("firesteel.home"), "tornado.properties");
      return options.withSettings(Settings.read(file).engineSettings());
    }

    @Override
    public String name() {
      return provider.name();
    }

    @Override
    public int preference() {
      return provider.preference();
    }

    @Override
    public Availability probe(EngineOptions options) {
      return provider.probe(options);
    }

    @Override
    public Engine open(ModelWeights weights, EngineOptions options, Progress progress)
        throws EngineException {
      return provider.open(weights, set(options), progress);
    }
  }
}
