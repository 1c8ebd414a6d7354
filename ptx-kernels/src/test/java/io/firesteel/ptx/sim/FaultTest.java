package io.firesteel.ptx.sim;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Faulty kernels: each is reported with kernel, block, thread, line and what is wrong. */
class FaultTest {
  private static final String HEAD =
      """
      .version 7.8
      .target sm_90
      .address_size 64
      .visible .entry faulty(.param .u64 in, .param .u64 out)
      {
        .reg .b32 %r<16>;
        .reg .b64 %q<8>;
        .reg .pred %p<6>;
        .shared .align 16 .b8 memory[1024];
        ld.param.u64 %q1, [in];
        ld.param.u64 %q0, [out];
        mov.u32 %r1, %tid.x;
        mov.u32 %r5, memory;
        mad.lo.u32 %r6, %r1, 4, %r5;
        shr.u32 %r2, %r1, 5;
        mul.wide.u32 %q2, %r1, 4;
        add.u64 %q3, %q2, %q0;
        add.u64 %q2, %q2, %q1;
      """;

  static Stream<Arguments> faults() {
    return Stream.of(
        argumentSet("read past the end", "ld.global.u32 %r0, [%q1+256];", "out of range", "256"),
        argumentSet("write past the end", "st.global.u32 [%q3+4], 1;", "out of range", "thread 63"),
        argumentSet("below the first byte", "ld.global.u32 %r0, [%q1+-4];", "out of range", ""),
        argumentSet(
            "misaligned vector",
            "ld.global.v4.u32 {%r8, %r9, %r10, %r11}, [%q1+8];",
            "misaligned",
            "16"),
        argumentSet(
            "unwritten global memory", "ld.global.u32 %r0, [%q3];", "nothing has written", ""),
        argumentSet(
            "unwritten shared memory", "ld.shared.u32 %r0, [%r6];", "nothing has written", ""),
        argumentSet(
            "shared memory past its end", "st.shared.u32 [%r6+1024], 0;", "out of range", "1024"),
        argumentSet(
            "missing barrier",
            "st.shared.u32 [%r6], 1; xor.b32 %r7, %r6, 128; bar.sync 0; st.shared.u32 [%r6], 2;"
                + " ld.shared.u32 %r0, [%r7];",
            "race",
            "no barrier stands between"),
        argumentSet(
            "missing barrier before memory is used again",
            """
            st.shared.u32 [%r6], 1;
            bar.sync 0;
            ld.shared.u32 %r0, [memory];
            st.shared.u32 [%r6], %r0;
            st.shared.u32 [%r6], 3;
            """,
            "race",
            "no barrier stands between"),
        argumentSet(
            "two warps write the same word",
            "st.shared.u32 [memory], %r1;",
            "race",
            "no barrier stands between"),
        argumentSet(
            "exchange inside a warp without meeting",
            "st.shared.u32 [%r6], 1; xor.b32 %r7, %r6, 4; ld.shared.u32 %r0, [%r7];",
            "race",
            ""),
        argumentSet(
            "barrier in half a warp",
            "setp.lt.u32 %p1, %r1, 16; @%p1 bar.sync 0;",
            "only part of the warp",
            ""),
        argumentSet(
            "barrier that one warp passes by",
            "setp.eq.u32 %p1, %r2, 1; @%p1 bra wait; again: bar.sync 1, 64; bra again; wait:"
                + " bar.sync 2, 64;",
            "never reach",
            "warp 1"),
        argumentSet(
            "shuffle that lanes do not reach",
            "setp.lt.u32 %p1, %r1, 16; @%p1 bra skip; shfl.sync.idx.b32 %r0, %r1, 0, 31, -1; skip:",
            "have ended",
            ""),
        argumentSet(
            "missing wait for an asynchronous copy",
            """
            mad.lo.u32 %r6, %r1, 4, %r5;
            cp.async.ca.shared.global [%r6], [%q2], 4;
            cp.async.commit_group;
            bar.sync 0;
            ld.shared.u32 %r0, [%r6];
            """,
            "nothing has written",
            ""),
        argumentSet(
            "endless wait",
            "wait: ld.acquire.gpu.global.u32 %r0, [%q1]; setp.eq.u32 %p1, %r0, 0; @%p1 trap; bra"
                + " end; end: trap;",
            "trap",
            ""));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void isReported(String code, String what, String detail) {
    SimFault fault = assertThrows(SimFault.class, () -> run(code, false));
    assertTrue(fault.getMessage().contains("kernel faulty, block (0,0,0)"), fault.getMessage());
    assertTrue(fault.getMessage().contains(what), fault.getMessage());
    assertTrue(fault.getMessage().contains(detail), fault.getMessage());
  }

  private static final String STORE = "griddepcontrol.wait; st.global.u32 [%q3], 1;";
  private static final String EARLY = "ld.global.u32 %r0, [%q3]; griddepcontrol.wait;";
  private static final String LATE = "griddepcontrol.wait; ld.global.u32 %r0, [%q3];";

  static Stream<Arguments> overlappingKernels() {
    String waits = "griddepcontrol.wait; griddepcontrol.launch_dependents;";
    String signals = "griddepcontrol.launch_dependents; griddepcontrol.wait;";
    return Stream.of(
        argumentSet("read before the wait", List.of(STORE, EARLY), true),
        argumentSet("read after the wait", List.of(STORE, LATE), false),
        argumentSet("older than a kernel that waits first", List.of(STORE, waits, EARLY), false),
        argumentSet(
            "older than a kernel that signals first", List.of(STORE, signals, EARLY), true));
  }

  @ParameterizedTest
  @MethodSource("overlappingKernels")
  void readingWhatMayStillBeWrittenIsReported(List<String> kernels, boolean faulty) {
    Simulator simulator = new Simulator(1);
    long in = simulator.allocate(256);
    long out = simulator.allocate(256);
    simulator.write(in, MemorySegment.ofArray(new int[64]));
    for (String kernel : kernels.subList(0, kernels.size() - 1)) {
      launch(simulator, kernel, true, in, out);
    }
    if (faulty) {
      SimFault fault =
          assertThrows(SimFault.class, () -> launch(simulator, kernels.getLast(), true, in, out));
      assertTrue(fault.getMessage().contains("griddepcontrol.wait"), fault.getMessage());
      simulator.settle();
    }
    launch(simulator, kernels.getLast(), true, in, out);
  }

  @Test
  void overlappingKernelThatNeverWaitsIsReported() {
    SimFault fault = assertThrows(SimFault.class, () -> run("mov.u32 %r0, 1;", true));
    assertTrue(fault.getMessage().contains("ends without"), fault.getMessage());
  }

  private static void run(String code, boolean programmatic) {
    Simulator simulator = new Simulator(5);
    long in = simulator.allocate(256);
    long out = simulator.allocate(256);
    simulator.write(in, MemorySegment.ofArray(new int[64]));
    launch(simulator, code, programmatic, in, out);
  }

  private static void launch(
      Simulator simulator, String code, boolean programmatic, long in, long out) {
    simulator.launch(
        HEAD + code + "\nret;\n}",
        "faulty",
        new int[] {1, 1, 1},
        new int[] {64, 1, 1},
        0,
        programmatic,
        in,
        out);
  }
}
