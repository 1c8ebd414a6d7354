package io.firesteel.ptx.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.conformance.ReferenceModel;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.ptx.kernel.Target;
import io.firesteel.ptx.sim.SimDevice;
import org.junit.jupiter.api.Test;

class PreflightTest {
  private static final EngineOptions OPTIONS = new EngineOptions(2, 128, KvFormat.F16, 16, 8);
  private static final long UNIT = 2L << 20;

  @Test
  void countsWhatTheEngineThenAllocates() throws EngineException {
    try (Gguf file = ReferenceModel.open()) {
      ModelWeights weights = ModelWeights.of(file);
      SimDevice device = new SimDevice(3, Target.SM_90, 2, true);
      long counted = Preflight.deviceBytes(device, weights, OPTIONS);
      try (Engine engine = PtxEngine.open(device, weights, OPTIONS, Progress.NONE)) {
        long allocated = engine.memoryBytes();
        assertTrue(
            counted >= allocated && counted < allocated + 3 * UNIT,
            () -> "counted " + counted + ", allocated " + allocated);
      }
    }
  }

  @Test
  void smallAllocationsShareAUnitAndLargeOnesTakeWholeOnes() {
    SimDevice device = new SimDevice(3, Target.SM_90, 2, true);
    CountingDevice counting = new CountingDevice(device);
    counting.allocate(1);
    counting.allocate(100_000);
    assertEquals(UNIT, counting.bytes());
    counting.allocate(UNIT + 1);
    assertEquals(3 * UNIT, counting.bytes());
  }
}
