package io.firesteel.bench.fault;

import io.firesteel.model.cpu.CpuOpsProvider;
import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.OpsProvider;
import io.firesteel.model.ops.Logits;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.PreparedOp;
import io.firesteel.model.ops.RopeKv;
import io.firesteel.model.ops.Router;
import io.firesteel.model.ops.TimedOps;

/**
 * The CPU's ops, but logits are half of what they should be, routers do not run, and rotations
 * cannot be prepared.
 */
public final class HalfLogitsOps implements OpsProvider {
  @Override
  public String name() {
    return "half";
  }

  @Override
  public String timing() {
    return "as the CPU";
  }

  @Override
  public Availability probe() {
    return new Availability.Usable("a faulty CPU");
  }

  @Override
  public TimedOps open() throws EngineException {
    return new Half(new CpuOpsProvider().open());
  }

  private record Half(TimedOps right) implements TimedOps {
    @Override
    public String name() {
      return "half";
    }

    @Override
    public boolean supports(OpCall call) {
      return right.supports(call);
    }

    @Override
    public void run(OpCall call) {
      if (call instanceof Router) {
        throw new IllegalStateException("no registers left");
      }
      right.run(call);
      if (call instanceof Logits logits) {
        for (int i = 0; i < logits.logits().length; i++) {
          logits.logits()[i] /= 2;
        }
      }
    }

    @Override
    public PreparedOp prepare(OpCall call, int copies) {
      if (call instanceof RopeKv) {
        throw new IllegalStateException("no memory left");
      }
      return right.prepare(call, copies);
    }

    @Override
    public void close() {
      right.close();
    }
  }
}
