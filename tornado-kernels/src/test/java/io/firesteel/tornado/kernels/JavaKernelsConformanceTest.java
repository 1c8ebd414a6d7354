package io.firesteel.tornado.kernels;

import io.firesteel.model.conformance.OpsConformance;
import io.firesteel.model.conformance.Tolerances;
import io.firesteel.tornado.device.JvmDevice;
import io.firesteel.tornado.device.JvmOps;

/** All Java kernels on the JVM device, which also finds races and reads of what nobody wrote. */
class JavaKernelsConformanceTest extends OpsConformance {
  JavaKernelsConformanceTest() {
    super(new JvmOps(new JvmDevice(1)), Tolerances.INT8);
  }
}
