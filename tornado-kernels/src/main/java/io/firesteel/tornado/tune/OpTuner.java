package io.firesteel.tornado.tune;

import io.firesteel.model.ops.ColdCopies;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.PreparedOp;
import io.firesteel.model.ops.TimedOps;
import java.util.Arrays;

/** Measures calls in both forms. */
public final class OpTuner {
  private final TimedOps java;
  private final TimedOps ptx;
  private final int repeats;

  /**
   * For two implementations of the ops.
   *
   * @param java compiled kernels
   * @param ptx hand-written kernels
   * @param repeats runs to take the median of, at least 1
   */
  public OpTuner(TimedOps java, TimedOps ptx, int repeats) {
    this.java = java;
    this.ptx = ptx;
    this.repeats = repeats;
  }

  /** Measures one call. */
  public TunedOp measure(CallShape shape) {
    return new TunedOp(shape, time(java, shape), time(ptx, shape));
  }

  private FormTime time(TimedOps ops, CallShape shape) {
    OpCall call = shape.call();
    if (!ops.supports(call)) {
      return FormTime.NONE;
    }
    int copies = ColdCopies.of(call, shape.bytes());
    try (PreparedOp prepared = ops.prepare(call, copies)) {
      prepared.run(2 * copies); // compiles, uploads, and warms up
      double[] micros = new double[repeats];
      for (int i = 0; i < repeats; i++) {
        micros[i] = prepared.run(1) / 1e3;
      }
      Arrays.sort(micros);
      return FormTime.of(micros[repeats / 2]);
    } catch (IllegalStateException | UnsupportedOperationException e) {
      return FormTime.failed(String.valueOf(e.getMessage()));
    }
  }
}
