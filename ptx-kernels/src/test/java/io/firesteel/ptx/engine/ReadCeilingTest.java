package io.firesteel.ptx.engine;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.engine.EngineException;
import io.firesteel.ptx.kernel.Target;
import io.firesteel.ptx.sim.SimDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadCeilingTest {
  /** The sum that the kernel leaves is checked: a byte that is not read, or twice, is an error. */
  @ParameterizedTest
  @ValueSource(longs = {32 << 10, 11 * (32 << 10)})
  void readsEverythingOnce(long bytes) throws EngineException {
    try (KernelDevice device = new SimDevice(1, Target.SM_90, 2, true)) {
      assertTrue(new ReadCeiling(device, bytes).bytesPerSecond() > 0);
    }
  }

  @Test
  void tooLittleMemoryIsRefused() {
    try (KernelDevice device = new SimDevice(1, Target.SM_90, 2, true)) {
      ReadCeiling ceiling = new ReadCeiling(device, 1L << 45);
      assertThrows(EngineException.class, ceiling::bytesPerSecond);
    }
  }
}
