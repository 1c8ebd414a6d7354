package io.firesteel.ptx.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NvmlTest {
  /** Idle (bit 0) and clocks that somebody has set (bit 1) hold nothing down. */
  @Test
  void onlyWhatHoldsClocksDownIsAReason() {
    assertEquals(List.of(), Nvml.reasons(0b11));
    assertEquals(
        List.of("power cap", "thermal slowdown by hardware"), Nvml.reasons(0x40 | 0x04 | 0x01));
  }
}
