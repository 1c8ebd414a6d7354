package io.firesteel.ptx.driver;

import io.firesteel.model.engine.Availability;
import java.util.List;

/** The NVIDIA driver of this machine. */
public final class Driver {
  private Driver() {}

  /**
   * Tells whether the kernels can run here. Never throws: a missing library, a driver that does not
   * start, a missing or unsuitable GPU are refusals with a remedy.
   */
  public static Availability probe() {
    try {
      return DriverQuery.ask().judge();
    } catch (UnsupportedOperationException | CudaException | IllegalCallerException e) {
      return new Availability.Refused(
          "the NVIDIA driver cannot be asked: " + e.getMessage(), "Update the NVIDIA driver");
    }
  }

  /**
   * The devices that the kernels can run on, in the driver's order; empty where {@link #probe}
   * refuses.
   *
   * @throws CudaException if the driver fails while it is asked
   */
  public static List<Device> devices() {
    return DriverQuery.ask().usable();
  }
}
