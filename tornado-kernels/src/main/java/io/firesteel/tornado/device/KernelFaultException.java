package io.firesteel.tornado.device;

/** A fault that the device has found in a kernel. */
public final class KernelFaultException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final FaultReport report;

  KernelFaultException(FaultReport report, Throwable cause) {
    super(report.toString(), cause);
    this.report = report;
  }

  /** What was found, and where. */
  public FaultReport report() {
    return report;
  }
}
