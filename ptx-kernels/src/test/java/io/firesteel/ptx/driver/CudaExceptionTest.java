package io.firesteel.ptx.driver;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CudaExceptionTest {
  @Test
  void namesOperationKernelGeometryErrorAndRemedy() {
    Launch launch =
        new Launch(
            "flash_decode", new LaunchShape(Dim.of(8, 4), Dim.of(128)).withSharedBytes(4096));
    CudaException e = new CudaException(700, "wait for the stream", launch, "");
    assertEquals(
        "wait for the stream (kernel flash_decode, grid 8x4x1, block 128x1x1, 4096 B dynamic shared"
            + " memory) failed: CUDA_ERROR_ILLEGAL_ADDRESS (700). Remedy: a kernel read or wrote"
            + " outside its memory; the driver gives this process no new context: start the program"
            + " again, and run it under compute-sanitizer to find the access.",
        e.getMessage());
    assertEquals(Optional.of(launch), e.launch());
    assertTrue(e.contextLost());
  }

  @Test
  void showsTheAssemblersLog() {
    CudaException e =
        new CudaException(
            218, "load kernel module rms_norm", null, "ptxas application ptx input, line 7");
    assertTrue(
        e.getMessage()
            .contains("CUDA_ERROR_INVALID_PTX (218)\nptxas application ptx input, line 7\n"));
  }

  @Test
  void tellsWhatFitsWhenMemoryIsShort() {
    CudaException e =
        assertThrows(CudaException.class, () -> CudaException.check(2, "allocate 18.6 GB"));
    assertTrue(e.getMessage().contains("shorter context"), e.getMessage());
    assertFalse(e.contextLost());
    assertDoesNotThrow(() -> CudaException.check(0, "anything"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 100, 218, 600, 719, 123_456})
  void everyCodeHasARemedy(int code) {
    String message = new CudaException(code, "launch", null, "").getMessage();
    assertTrue(message.contains("(" + code + ")"), message);
    assertTrue(message.matches(".*Remedy: .{10,}"), message);
  }
}
