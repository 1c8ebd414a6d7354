package io.firesteel.ptx.kernel;

import java.util.Optional;

/** A GPU architecture that kernels are specialised for. */
public enum Target {
  /** Ampere: A100. */
  SM_80(80, "7.4", 164),
  /** Ampere: RTX 30. */
  SM_86(86, "7.4", 100),
  /** Ampere: Jetson Orin. */
  SM_87(87, "7.4", 164),
  /** Ada: RTX 40, L4, L40. */
  SM_89(89, "7.8", 100),
  /** Hopper: H100, H200. */
  SM_90(90, "7.8", 228),
  /** Blackwell: B200. */
  SM_100(100, "8.6", 228),
  /** Blackwell: B300. */
  SM_103(103, "8.8", 228),
  /** Blackwell: Jetson Thor. */
  SM_110(110, "9.0", 228),
  /** Blackwell: RTX 50, RTX PRO. */
  SM_120(120, "8.7", 100),
  /** Blackwell: DGX Spark. */
  SM_121(121, "8.8", 100);

  private final int number;
  private final String ptxVersion;
  private final int sharedKilobytes;

  Target(int number, String ptxVersion, int sharedKilobytes) {
    this.number = number;
    this.ptxVersion = ptxVersion;
    this.sharedKilobytes = sharedKilobytes;
  }

  /** Compute capability times ten: 80 to 121. */
  public int number() {
    return number;
  }

  /** The name that PTX and ptxas use, such as {@code sm_90}. */
  public String label() {
    return "sm_" + number;
  }

  /** Version of the PTX language that the kernels are written in for this architecture. */
  public String ptxVersion() {
    return ptxVersion;
  }

  /** Shared memory of a multiprocessor in bytes, one KiB for each CTA included. */
  public int sharedBytes() {
    return sharedKilobytes * 1024;
  }

  /**
   * Whether a kernel can start before its predecessor in the stream has ended (programmatic
   * dependent launch).
   */
  public boolean dependentLaunch() {
    return number >= 90;
  }

  /** The lines that a PTX file for this architecture begins with. */
  public String header() {
    return ".version " + ptxVersion + "\n.target " + label() + "\n.address_size 64\n";
  }

  /**
   * The architecture to specialise for on a device: its own, or the newest older one whose PTX it
   * can run.
   *
   * @param major compute capability before the point
   * @param minor compute capability behind the point
   * @return empty for devices older than sm_80
   */
  public static Optional<Target> forDevice(int major, int minor) {
    Optional<Target> best = Optional.empty();
    for (Target target : values()) {
      if (target.number <= major * 10 + minor) {
        best = Optional.of(target);
      }
    }
    return best;
  }
}
