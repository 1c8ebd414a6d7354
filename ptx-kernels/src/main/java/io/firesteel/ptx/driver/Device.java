package io.firesteel.ptx.driver;

import io.firesteel.loader.file.ByteSize;

/**
 * A CUDA device as the driver describes it.
 *
 * @param ordinal number by which the driver knows it, from 0
 * @param name product name
 * @param major major number of the compute capability
 * @param minor minor number of the compute capability
 * @param multiprocessors number of streaming multiprocessors (SMs)
 * @param memoryBytes bytes of device memory
 * @param l2Bytes bytes of the L2 cache
 * @param sharedBytesPerBlock largest shared memory of a block, static and dynamic together
 * @param pciBusId address on the PCI bus, such as {@code 0000:65:00.0}
 */
public record Device(
    int ordinal,
    String name,
    int major,
    int minor,
    int multiprocessors,
    long memoryBytes,
    long l2Bytes,
    int sharedBytesPerBlock,
    String pciBusId) {

  /** The compute capability as {@code 9.0}. */
  public String computeCapability() {
    return major + "." + minor;
  }

  /** The number by which PTX names the architecture: 90 for {@code sm_90}. */
  public int architecture() {
    return major * 10 + minor;
  }

  /** Whether the compute capability is at least {@code major.minor}. */
  public boolean atLeast(int wantedMajor, int wantedMinor) {
    return major > wantedMajor || major == wantedMajor && minor >= wantedMinor;
  }

  /** Whether kernels may start before their predecessor ends (programmatic dependent launch). */
  public boolean supportsProgrammaticLaunch() {
    return atLeast(9, 0);
  }

  /** One line for people: name, compute capability, multiprocessors and memory. */
  public String describe() {
    return "%s (sm_%d, %d SMs, %s)"
        .formatted(name, architecture(), multiprocessors, ByteSize.format(memoryBytes));
  }
}
