package io.firesteel.ptx.engine;

import io.firesteel.model.conformance.OpsConformance;
import io.firesteel.model.conformance.Tolerances;
import io.firesteel.ptx.driver.Driver;
import io.firesteel.ptx.driver.RequiresGpu;

/** The conformance suite on the kernels, on the first GPU. */
@RequiresGpu
class PtxOpsOnGpuTest extends OpsConformance {
  PtxOpsOnGpuTest() {
    super(PtxOps.open(Driver.devices().getFirst()), Tolerances.INT8);
  }
}
