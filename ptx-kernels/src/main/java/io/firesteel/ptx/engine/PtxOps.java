package io.firesteel.ptx.engine;

import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.PreparedOp;
import io.firesteel.model.ops.TimedOps;
import io.firesteel.ptx.driver.Device;

/** The ops as PTX kernels, one call at a time on host memory, or prepared on the device. */
public final class PtxOps implements TimedOps {
  private final String name;
  private final KernelDevice device;
  private final OpLauncher launcher;

  /**
   * On any kind of device, which is closed with this.
   *
   * @param name what to call it in messages
   */
  public PtxOps(String name, KernelDevice device) {
    this.name = name;
    this.device = device;
    this.launcher = new OpLauncher(device);
  }

  /**
   * On a GPU.
   *
   * @throws io.firesteel.ptx.driver.CudaException if the driver refuses
   */
  public static PtxOps open(Device device) {
    return new PtxOps("ptx", new CudaKernelDevice(device));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean supports(OpCall call) {
    return launcher.supports(call);
  }

  @Override
  public void run(OpCall call) {
    require(call);
    launcher.run(call);
  }

  @Override
  public PreparedOp prepare(OpCall call, int copies) {
    require(call);
    if (copies < 1) {
      throw new IllegalArgumentException("copies is " + copies + ", expected at least 1");
    }
    return launcher.prepare(call, copies);
  }

  private void require(OpCall call) {
    if (!supports(call)) {
      throw new UnsupportedOperationException(
          name + " has no kernel for the types and shapes of this " + call.op().label());
    }
  }

  @Override
  public void close() {
    device.close();
  }
}
