package io.firesteel.tornado.engine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.Gguf;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.conformance.ReferenceModel;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.tornado.sdk.Backend;
import io.firesteel.tornado.sdk.TornadoSettings;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PreflightTest {
  private static final long PLENTY = 1L << 40;

  private static void check(KvFormat format, long memory, OptionalLong allowed)
      throws EngineException {
    try (Gguf file = ReferenceModel.open()) {
      ModelWeights weights = ModelWeights.of(file);
      var layout = Preflight.layout(weights, EngineOptions.of(1024, format));
      TornadoSettings settings =
          new TornadoSettings(Optional.empty(), "", Backend.PTX, allowed, true);
      Preflight.check(weights, layout, layout.pagesFor(1024), "a GPU", memory, settings);
    }
  }

  private static String refusal(KvFormat format, long memory, OptionalLong allowed) {
    return assertThrows(EngineException.class, () -> check(format, memory, allowed)).getMessage();
  }

  @Test
  void aModelThatFitsIsTaken() {
    assertDoesNotThrow(() -> check(KvFormat.F16, PLENTY, OptionalLong.empty()));
  }

  @Test
  void tooLittleMemoryIsRefusedWithWhatIsNeededAndWhatThereIs() {
    String refusal = refusal(KvFormat.F16, 1_000_000, OptionalLong.empty());
    assertTrue(refusal.startsWith("not enough memory on a GPU: the weights take"), refusal);
    assertTrue(refusal.contains("are there; choose a smaller"), refusal);
  }

  @Test
  void theSettingThatLimitsMemoryIsNamed() {
    String refusal = refusal(KvFormat.F16, PLENTY, OptionalLong.of(1_000_000));
    assertTrue(
        refusal.contains("allowed by tornado.device.memory; raise tornado.device.memory"), refusal);
  }

  @Test
  void tooLittleMemoryOfTheHostIsRefusedWithTheOptionThatHelps() {
    EngineException refusal = assertThrows(EngineException.class, () -> checkHost(8_000_000L));
    assertTrue(
        refusal.getMessage().startsWith("not enough memory of the host: weights and cache take"),
        refusal.getMessage());
    assertTrue(refusal.getMessage().contains("-XX:MaxDirectMemorySize="), refusal.getMessage());
    assertDoesNotThrow(() -> checkHost(PLENTY));
  }

  private static void checkHost(long allowed) throws EngineException {
    try (Gguf file = ReferenceModel.open()) {
      ModelWeights weights = ModelWeights.of(file);
      var layout = Preflight.layout(weights, EngineOptions.of(1024, KvFormat.F16));
      Preflight.checkHost(weights, layout, layout.pagesFor(1024), allowed);
    }
  }

  @Test
  void aCacheWithoutKernelsIsRefusedWithOneThatHasThem() {
    String refusal = refusal(KvFormat.F32, PLENTY, OptionalLong.empty());
    assertTrue(refusal.contains("choose --kv f16"), refusal);
  }
}
