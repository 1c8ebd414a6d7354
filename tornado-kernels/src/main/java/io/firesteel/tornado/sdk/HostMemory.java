package io.firesteel.tornado.sdk;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Memory for TornadoVM's arrays, which lie outside of Java's heap. */
public final class HostMemory {
  private static final String OPTION = "MaxDirectMemorySize";

  private HostMemory() {}

  /** Bytes of the machine or of the container that this Java runs in. */
  static long machineBytes() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  /** Bytes that this Java may allocate outside of its heap; those of the heap unless set. */
  public static long allowedBytes() {
    long set =
        Long.parseLong(
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption(OPTION)
                .getValue());
    return set == 0 ? Runtime.getRuntime().maxMemory() : set;
  }
}
