package io.firesteel.ptx.driver;

import java.util.Optional;
import jcuda.driver.CUresult;

/**
 * The CUDA driver refused a call or reports a failed kernel. The message names the operation, the
 * kernel and its launch geometry where there is one, the error, and what helps.
 */
public final class CudaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int code;
  private final String operation;
  private final transient Launch launch;

  CudaException(int code, String operation, Launch launch, String detail) {
    super(message(code, operation, launch, detail));
    this.code = code;
    this.operation = operation;
    this.launch = launch;
  }

  /** Returns silently for success. */
  static void check(int code, String operation) {
    if (code != CUresult.CUDA_SUCCESS) {
      throw new CudaException(code, operation, null, "");
    }
  }

  private static String message(int code, String operation, Launch launch, String detail) {
    StringBuilder text = new StringBuilder(operation);
    if (launch != null) {
      text.append(" (").append(launch.describe()).append(')');
    }
    text.append(" failed: ").append(name(code)).append(" (").append(code).append(")");
    if (!detail.isBlank()) {
      text.append('\n').append(detail.strip()).append('\n');
    } else {
      text.append(". ");
    }
    return text.append("Remedy: ").append(CudaError.remedy(code)).append('.').toString();
  }

  private static String name(int code) {
    String name = CUresult.stringFor(code);
    return name.startsWith("INVALID CUresult") ? "unknown CUDA error" : name;
  }

  /** The driver's number of the error, a {@code CUresult}. */
  public int code() {
    return code;
  }

  /** What was attempted, such as {@code allocate 512 B}. */
  public String operation() {
    return operation;
  }

  /** The kernel launch that failed; for failures seen later, the latest launch on the stream. */
  public Optional<Launch> launch() {
    return Optional.ofNullable(launch);
  }

  /** Whether the context is unusable from now on: close it and open another. */
  public boolean contextLost() {
    return CudaError.isLasting(code);
  }
}
