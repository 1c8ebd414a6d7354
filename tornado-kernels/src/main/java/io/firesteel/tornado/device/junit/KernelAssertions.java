package io.firesteel.tornado.device.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import io.firesteel.tornado.device.Fault;
import io.firesteel.tornado.device.FaultReport;
import io.firesteel.tornado.device.KernelFaultException;
import org.junit.jupiter.api.function.Executable;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Assertions about kernels. */
public final class KernelAssertions {
  private KernelAssertions() {}

  /** Expects the device to report a fault; returns the report. */
  public static FaultReport assertFault(Fault expected, Executable launch) {
    FaultReport report = assertThrows(KernelFaultException.class, launch).report();
    assertEquals(expected, report.fault(), report::toString);
    return report;
  }

  /**
   * Expects the values of an array.
   *
   * @param nmse largest normalised mean square error: {@code Σ(actual - expected)² / Σ expected²}
   */
  public static void assertClose(float[] expected, FloatArray actual, double nmse) {
    assertEquals(expected.length, actual.getSize(), "length");
    double error = 0;
    double power = 0;
    for (int i = 0; i < expected.length; i++) {
      if (!Float.isFinite(actual.get(i))) {
        fail("element %d is %s, expected %s".formatted(i, actual.get(i), expected[i]));
      }
      error += Math.pow((double) actual.get(i) - expected[i], 2);
      power += Math.pow(expected[i], 2);
    }
    if (error > nmse * power) {
      fail(
          "NMSE is %.3g, expected at most %.3g"
              .formatted(power == 0 ? Double.POSITIVE_INFINITY : error / power, nmse));
    }
  }
}
