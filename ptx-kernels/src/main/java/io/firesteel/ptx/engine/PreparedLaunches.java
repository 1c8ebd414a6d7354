package io.firesteel.ptx.engine;

import io.firesteel.model.ops.PreparedOp;
import io.firesteel.ptx.engine.KernelDevice.Recording;
import io.firesteel.ptx.kernel.Launch;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An op's launches over operands that lie on the device, one launch for each copy of the weights.
 * Runs are recorded (on a GPU: as a CUDA graph in which a kernel may start before the one before it
 * has ended, as in a step) and timed by the device. Memory that an op reads and writes is what the
 * call holds at the beginning of each {@link #run}.
 */
final class PreparedLaunches implements PreparedOp {
  private final KernelDevice device;
  private final Operands operands;
  private final List<Launch> launches;
  private Recording recording;
  private int recorded;

  PreparedLaunches(KernelDevice device, Operands operands, List<Launch> launches) {
    this.device = device;
    this.operands = operands;
    this.launches = List.copyOf(launches);
  }

  /** Queues the op once, with the first copy. */
  void launch() {
    device.launch(launches.getFirst());
  }

  @Override
  public long run(int times) {
    if (times < 1) {
      throw new IllegalArgumentException("times is " + times + ", expected at least 1");
    }
    operands.restore();
    if (times != recorded) {
      forget();
      recording =
          device.record(
              IntStream.range(0, times).mapToObj(i -> launches.get(i % launches.size())).toList());
      recorded = times;
    }
    return recording.time();
  }

  @Override
  public void fetch() {
    operands.finish();
  }

  private void forget() {
    if (recording != null) {
      recording.close();
      recording = null;
      recorded = 0;
    }
  }

  @Override
  public void close() {
    forget();
    operands.close();
  }
}
