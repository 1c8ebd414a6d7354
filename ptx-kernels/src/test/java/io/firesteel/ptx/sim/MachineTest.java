package io.firesteel.ptx.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Modules launched as text. */
class MachineTest {
  private static final String SCALE =
      """
      .version 7.8
      .target sm_80
      .address_size 64
      .extern .shared .align 16 .b8 exchange[];
      .visible .entry scale(.param .u64 x, .param .u64 y, .param .u32 n, .param .f32 factor)
      {
        .reg .b32 %r<8>;
        .reg .b64 %q<4>;
        .reg .f32 %f<3>;
        .reg .pred %p;
        ld.param.u64 %q0, [x];
        ld.param.u64 %q1, [y];
        ld.param.u32 %r0, [n];
        ld.param.f32 %f0, [factor];
        mov.u32 %r1, %ctaid.x;
        mov.u32 %r2, %ntid.x;
        mov.u32 %r3, %tid.x;
        mad.lo.u32 %r4, %r1, %r2, %r3;
        setp.ge.u32 %p, %r4, %r0;
        @%p ret;
        mul.wide.u32 %q2, %r4, 4;
        add.u64 %q0, %q0, %q2;
        add.u64 %q1, %q1, %q2;
        mov.u32 %r5, exchange;
        mad.lo.u32 %r5, %r3, 4, %r5;
        ld.global.f32 %f1, [%q0];
        st.shared.f32 [%r5], %f1;
        ld.shared.f32 %f2, [%r5];
        mul.f32 %f2, %f2, %f0;
        st.global.f32 [%q1], %f2;
        ret;
      }
      """;

  private final Machine machine = new Machine(1);

  @Test
  void numbersOfEveryKindReachTheKernelAndComeBack() {
    int count = 150;
    float[] x = new float[count];
    float[] expected = new float[count];
    IntStream.range(0, count).forEach(i -> x[i] = i - 70);
    IntStream.range(0, count).forEach(i -> expected[i] = 0.5f * (i - 70));
    long y = machine.allocate(4L * count);
    machine.launch(
        SCALE, "scale", new int[] {3}, new int[] {64}, 256, machine.upload(x), y, count, 0.5f);
    assertArrayEquals(expected, machine.floats(y, count));
    assertEquals(Float.floatToRawIntBits(expected[0]), machine.ints(y, 1)[0]);
    assertEquals(4 * count, machine.bytes(y, 4 * count).length);
  }

  @Test
  void dynamicSharedMemoryEndsWhereTheLaunchSays() {
    long x = machine.upload(new float[64]);
    String message = fault(SCALE, "scale", 128, x, machine.allocate(256), 64, 1f);
    assertTrue(message.contains("thread 32") && message.contains("out of range"), message);
  }

  @Test
  void wrongArgumentsAreRefused() {
    assertTrue(fault(SCALE, "scale", 0, 1L).contains("4 parameters, 1 are given"));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> launch(SCALE, "scale", 0, "x"));
    assertEquals("argument x is a String, expected Long, Integer, Float or Double", e.getMessage());
    assertTrue(fault(SCALE, "scales", 0).contains("no entry scales"));
  }

  @Test
  void unknownInstructionsAreNamedWithTheirLine() {
    String ptx = SCALE.replace("mul.f32 %f2", "wgmma.fence.f32 %f2");
    String message = fault(ptx, "scale", 256, 0L, 0L, 0, 0f);
    assertTrue(message.contains("line 29: wgmma.fence.f32 is not known"), message);
  }

  private String fault(String ptx, String entry, int dynamicShared, Object... arguments) {
    return assertThrows(SimFault.class, () -> launch(ptx, entry, dynamicShared, arguments))
        .getMessage();
  }

  private void launch(String ptx, String entry, int dynamicShared, Object... arguments) {
    machine.launch(ptx, entry, new int[] {1}, new int[] {64}, dynamicShared, arguments);
  }
}
