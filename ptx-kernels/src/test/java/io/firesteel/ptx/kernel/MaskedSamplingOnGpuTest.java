package io.firesteel.ptx.kernel;

import io.firesteel.ptx.driver.Driver;
import io.firesteel.ptx.driver.RequiresGpu;
import io.firesteel.ptx.engine.CudaKernelDevice;

/** Sampling under masks on the first GPU, with vocabularies of large models. */
@RequiresGpu
class MaskedSamplingOnGpuTest extends MaskedSamplingConformance {
  MaskedSamplingOnGpuTest() {
    super(
        new Bench(new CudaKernelDevice(Driver.devices().getFirst())),
        1,
        100,
        4099,
        32_001,
        151_936);
  }
}
