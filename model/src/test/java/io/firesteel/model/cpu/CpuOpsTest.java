package io.firesteel.model.cpu;

import io.firesteel.model.conformance.OpsConformance;
import io.firesteel.model.conformance.Tolerances;

class CpuOpsTest extends OpsConformance {
  CpuOpsTest() {
    super(new CpuOps(2), Tolerances.FLOAT32);
  }
}
