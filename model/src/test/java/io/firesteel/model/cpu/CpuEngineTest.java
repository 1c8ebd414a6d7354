package io.firesteel.model.cpu;

import io.firesteel.model.conformance.EngineConformance;
import io.firesteel.model.kv.KvFormat;

class CpuEngineTest extends EngineConformance {
  CpuEngineTest() {
    super(new CpuEngineProvider(), KvFormat.F32, 1e-6);
  }
}
