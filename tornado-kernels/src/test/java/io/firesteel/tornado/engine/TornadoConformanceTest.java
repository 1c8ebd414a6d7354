package io.firesteel.tornado.engine;

import io.firesteel.model.conformance.OpsConformance;
import io.firesteel.model.conformance.Tolerances;
import io.firesteel.model.engine.EngineException;
import io.firesteel.tornado.sdk.NeedsTornado;

/** All Java kernels as an installed TornadoVM compiles them, on the device that it puts first. */
@NeedsTornado
class TornadoConformanceTest extends OpsConformance {
  TornadoConformanceTest() throws EngineException {
    super(new TornadoOpsProvider.Java().open(), Tolerances.INT8);
  }
}
