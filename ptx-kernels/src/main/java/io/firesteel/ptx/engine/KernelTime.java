package io.firesteel.ptx.engine;

/**
 * Time of all launches of one kernel in a step.
 *
 * @param kernel template name, or {@code step} for all kernels together
 * @param launches how many there are
 * @param micros time of all of them in a row, in microseconds
 * @param bytes what they must read from device memory at least
 */
public record KernelTime(String kernel, int launches, double micros, long bytes) {
  /** Gigabytes read in a second. */
  public double gigabytesPerSecond() {
    return bytes / micros / 1e3;
  }
}
