package io.firesteel.tornado.example;

import static io.firesteel.tornado.device.junit.KernelAssertions.assertClose;
import static io.firesteel.tornado.device.junit.KernelAssertions.assertFault;

import io.firesteel.tornado.device.Fault;
import io.firesteel.tornado.device.JvmDevice;
import io.firesteel.tornado.device.junit.KernelTest;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The worked example conforms to its definition. */
class GeluTest {
  private static final int COUNT = 300;

  @KernelTest
  void conforms(JvmDevice device) {
    FloatArray x = ramp();
    FloatArray y = new FloatArray(COUNT);
    device.run(Gelu.task(x, y, COUNT));
    assertClose(reference(x), y, 1e-12);
  }

  @Test
  void conformsInLoopForm() {
    FloatArray x = ramp();
    FloatArray y = new FloatArray(COUNT);
    Gelu.geluLoop(x, y);
    assertClose(reference(x), y, 1e-12);
  }

  @KernelTest(seeds = 1)
  void reportsAnInputThatIsTooShort(JvmDevice device) {
    FloatArray y = new FloatArray(COUNT + 1);
    assertFault(Fault.OUT_OF_RANGE, () -> device.run(Gelu.task(ramp(), y, COUNT + 1)));
  }

  private static FloatArray ramp() {
    FloatArray x = new FloatArray(COUNT);
    for (int i = 0; i < COUNT; i++) {
      x.set(i, (i - COUNT / 2) / 10f);
    }
    return x;
  }

  private static float[] reference(FloatArray x) {
    float[] y = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      double v = x.get(i);
      double inner = Math.sqrt(2 / Math.PI) * (v + 0.044715 * v * v * v);
      y[i] = (float) (v / 2 * (1 + Math.tanh(inner)));
    }
    return y;
  }
}
