package io.firesteel.tornado.device;

import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.Ops;
import io.firesteel.tornado.kernels.BoundOp;

/** The Java kernels on the {@link JvmDevice}: every op, slowly, with all of its checks. */
public final class JvmOps implements Ops {
  private final JvmDevice device;

  /** Ops on a device. */
  public JvmOps(JvmDevice device) {
    this.device = device;
  }

  @Override
  public String name() {
    return "tornado-jvm";
  }

  @Override
  public boolean supports(OpCall call) {
    return BoundOp.isSupported(call);
  }

  @Override
  public void run(OpCall call) {
    BoundOp bound = BoundOp.of(call);
    device.run(bound.tasks());
    bound.results().run();
  }
}
