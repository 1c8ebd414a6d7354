package io.firesteel.ptx.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.lang.foreign.MemorySegment;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Instructions of a whole warp, divergence, barriers and blocks that run in any order. */
class WarpTest {
  private static final String HEAD =
      """
      .version 7.8
      .target sm_80
      .address_size 64
      .visible .entry k(.param .u64 in, .param .u64 out)
      {
        .reg .b32 %r<16>;
        .reg .b64 %q<8>;
        .reg .f32 %f<16>;
        .reg .pred %p<6>;
        .shared .align 16 .b8 memory[4096];
        ld.param.u64 %q1, [in];
        ld.param.u64 %q0, [out];
        mov.u32 %r1, %tid.x;
        mov.u32 %r2, %ctaid.x;
        mov.u32 %r3, %ntid.x;
        mad.lo.u32 %r3, %r2, %r3, %r1;
        mul.wide.u32 %q2, %r3, 4;
        add.u64 %q2, %q2, %q0;
      """;

  static Stream<Arguments> warpInstructions() {
    return Stream.of(
        argumentSet("butterfly", "shfl.sync.bfly.b32 %r0, %r1, 1, 31, -1;", f(i -> i ^ 1)),
        argumentSet(
            "down", "shfl.sync.down.b32 %r0, %r1, 4, 31, -1;", f(i -> i + 4 < 32 ? i + 4 : i)),
        argumentSet(
            "down in segments of 8",
            "shfl.sync.down.b32 %r0, %r1, 4, 0x181f, -1;",
            f(i -> i % 8 + 4 < 8 ? i + 4 : i)),
        argumentSet(
            "up with predicate",
            "shfl.sync.up.b32 %r0|%p1, %r1, 2, 0, -1; selp.b32 %r0, %r0, 99, %p1;",
            f(i -> i >= 2 ? i - 2 : 99)),
        argumentSet("index", "shfl.sync.idx.b32 %r0, %r1, 5, 31, -1;", f(_ -> 5)),
        argumentSet(
            "ballot",
            "and.b32 %r4, %r1, 1; setp.eq.u32 %p1, %r4, 0; vote.sync.ballot.b32 %r0, %p1, -1;",
            f(_ -> 0x55555555)),
        argumentSet(
            "any",
            "setp.eq.u32 %p1, %r1, 7; vote.sync.any.pred %p2, %p1, -1; selp.b32 %r0, 1, 0, %p2;",
            f(_ -> 1)),
        argumentSet(
            "all",
            "setp.eq.u32 %p1, %r1, 7; vote.sync.all.pred %p2, %p1, -1; selp.b32 %r0, 1, 0, %p2;",
            f(_ -> 0)),
        argumentSet(
            "match",
            "and.b32 %r4, %r1, 3; match.any.sync.b32 %r0, %r4, -1;",
            f(i -> 0x11111111 << i % 4)),
        argumentSet("redux", "redux.sync.add.s32 %r0, %r1, -1;", f(_ -> 496)),
        argumentSet(
            "half warps",
            """
            setp.lt.u32 %p1, %r1, 16;
            @%p1 bra low;
            redux.sync.max.u32 %r0, %r1, 0xffff0000;
            bra join;
            low: redux.sync.max.u32 %r0, %r1, 0x0000ffff;
            join:
            """,
            f(i -> i < 16 ? 15 : 31)),
        argumentSet(
            "loop that lanes leave at different times",
            """
            mov.u32 %r0, 0;
            again: add.u32 %r0, %r0, 2;
            setp.lt.u32 %p1, %r0, %r1;
            @%p1 bra again;
            shfl.sync.bfly.b32 %r0, %r0, 0, 31, -1;
            """,
            f(i -> i <= 2 ? 2 : i + i % 2)),
        argumentSet(
            "guarded arithmetic",
            """
            mov.u32 %r0, 1000;
            mov.u32 %r4, 1000;
            mov.u32 %r5, 1000;
            setp.lt.u32 %p1, %r1, 8;
            @%p1 and.b32 %r0, %r1, 6;
            @%p1 shr.u32 %r4, %r1, 2;
            @%p1 dp4a.s32.s32 %r5, %r1, 3, 1;
            @%p1 add.u32 %r5, %r5, %r4;
            @%p1 sub.u32 %r0, %r5, %r0;
            """,
            f(i -> i < 8 ? 3 * i + 1 + i / 4 - (i & 6) : 1000)),
        argumentSet(
            "guarded conversion",
            """
            mov.f32 %f0, 9.0;
            setp.ge.u32 %p1, %r1, 8;
            @%p1 cvt.rn.f32.s32 %f0, %r1;
            cvt.rni.s32.f32 %r0, %f0;
            """,
            f(i -> i >= 8 ? i : 9)),
        argumentSet(
            "index in segments of 8",
            "shfl.sync.idx.b32 %r0, %r1, 2, 0x181f, -1;",
            f(i -> i / 8 * 8 + 2)),
        argumentSet(
            "lanes that end early",
            """
            mov.u32 %r0, 1;
            st.global.u32 [%q2], %r0;
            setp.ge.u32 %p1, %r1, 8;
            @%p1 exit;
            activemask.b32 %r0;
            """,
            f(i -> i < 8 ? 0xff : 1)),
        argumentSet(
            "elect",
            "elect.sync %r4|%p1, -1; selp.b32 %r0, %r4, 77, %p1;",
            f(i -> i == 0 ? 0 : 77)));
  }

  @ParameterizedTest
  @MethodSource("warpInstructions")
  void warpResult(String code, IntUnaryOperator expected) {
    int[] found = run(code + "\n st.global.u32 [%q2], %r0;", 1, 32, 1);
    assertArrayEquals(IntStream.range(0, 32).map(expected).toArray(), found);
  }

  /** Each thread reads what its mirror image has written. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void barriersOrderSharedMemory(long seed) {
    String code =
        """
        mov.u32 %r5, memory;
        mad.lo.u32 %r6, %r1, 4, %r5;
        st.shared.u32 [%r6], %r1;
        bar.sync 0;
        sub.u32 %r7, 255, %r1;
        mad.lo.u32 %r7, %r7, 4, %r5;
        ld.shared.u32 %r0, [%r7];
        st.global.u32 [%q2], %r0;
        """;
    int[] found = run(code, 2, 256, seed);
    for (int i = 0; i < found.length; i++) {
      assertEquals(255 - i % 256, found[i]);
    }
  }

  /** The last block to arrive adds up what all have written. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void lastArriverSeesAllBlocks(long seed) {
    String code =
        """
        st.global.u32 [%q2], %r2;
        membar.gl;
        bar.sync 0;
        setp.ne.u32 %p1, %r1, 0;
        @%p1 ret;
        atom.add.acq_rel.gpu.global.u32 %r4, [%q1], 1;
        mov.u32 %r5, %nctaid.x;
        sub.u32 %r5, %r5, 1;
        setp.ne.u32 %p1, %r4, %r5;
        @%p1 ret;
        mov.u32 %r0, 0;
        mov.u32 %r6, 0;
        more: mul.wide.u32 %q3, %r6, 4;
        add.u64 %q3, %q3, %q0;
        ld.global.u32 %r7, [%q3];
        add.u32 %r0, %r0, %r7;
        add.u32 %r6, %r6, 1;
        setp.lt.u32 %p1, %r6, 640;
        @%p1 bra more;
        st.global.u32 [%q1+4], %r0;
        """;
    Simulator simulator = new Simulator(seed);
    long in = simulator.allocate(8);
    long out = simulator.allocate(640 * 4);
    simulator.write(in, MemorySegment.ofArray(new int[2]));
    launch(simulator, code, 10, 64, in, out);
    assertArrayEquals(new int[] {10, 64 * 45}, simulator.ints(in, 2));
  }

  @Test
  void producersArriveAndConsumersWait() {
    String code =
        """
        mov.u32 %r5, memory;
        setp.ge.u32 %p1, %r1, 32;
        @%p1 bra consumer;
        mad.lo.u32 %r6, %r1, 4, %r5;
        st.shared.u32 [%r6], 5;
        bar.arrive 1, 64;
        ret;
        consumer: bar.sync 1, 64;
        sub.u32 %r6, %r1, 32;
        mad.lo.u32 %r6, %r6, 4, %r5;
        ld.shared.u32 %r0, [%r6];
        st.global.u32 [%q2], %r0;
        """;
    int[] found = run(code, 1, 64, 3);
    assertEquals(5, found[40]);
  }

  @Test
  void reducingBarrierCountsVotes() {
    String code =
        """
        setp.lt.u32 %p1, %r1, 40;
        bar.red.popc.u32 %r0, 0, %p1;
        st.global.u32 [%q2], %r0;
        """;
    assertArrayEquals(IntStream.range(0, 96).map(_ -> 40).toArray(), run(code, 1, 96, 9));
  }

  @Test
  void asynchronousCopiesArriveWhenWaitedFor() {
    String code =
        """
        mov.u32 %r5, memory;
        mad.lo.u32 %r6, %r1, 16, %r5;
        mul.wide.u32 %q3, %r1, 16;
        add.u64 %q3, %q3, %q1;
        cp.async.cg.shared.global [%r6], [%q3], 16;
        cp.async.commit_group;
        cp.async.wait_group 0;
        bar.sync 0;
        ld.shared.u32 %r0, [%r6+4];
        st.global.u32 [%q2], %r0;
        """;
    assertArrayEquals(IntStream.range(0, 64).map(i -> 4 * i + 1).toArray(), run(code, 1, 64, 2));
  }

  /** A is row-major 16 x 16 with a[i][j] = i + j, B[k][n] = k - n, C = 1. */
  @Test
  void halfMatrixProduct() {
    StringBuilder code =
        new StringBuilder("shr.u32 %r4, %r1, 2; and.b32 %r5, %r1, 3; shl.b32 %r5, %r5, 1;\n");
    int[][] places = {{0, 0}, {8, 0}, {0, 8}, {8, 8}};
    for (int v = 0; v < 4; v++) {
      code.append(
          "add.u32 %r6, %r4, %r5; add.u32 %r6, %r6, " + (places[v][0] + places[v][1]) + ";\n");
      code.append("cvt.rn.f32.u32 %f0, %r6; add.f32 %f1, %f0, 1.0;\n");
      code.append("cvt.rn.f16x2.f32 %r" + (8 + v) + ", %f1, %f0;\n");
    }
    for (int v = 0; v < 2; v++) {
      code.append("sub.s32 %r6, %r5, %r4; add.s32 %r6, %r6, " + 8 * v + ";\n");
      code.append("cvt.rn.f32.s32 %f0, %r6; add.f32 %f1, %f0, 1.0;\n");
      code.append("cvt.rn.f16x2.f32 %r" + (12 + v) + ", %f1, %f0;\n");
    }
    code.append(
        """
        mov.f32 %f4, 1.0;
        mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%f0, %f1, %f2, %f3},
          {%r8, %r9, %r10, %r11}, {%r12, %r13}, {%f4, %f4, %f4, %f4};
        cvt.rni.s32.f32 %r6, %f0;
        cvt.rni.s32.f32 %r7, %f3;
        shl.b32 %r7, %r7, 16;
        and.b32 %r6, %r6, 0xffff;
        or.b32 %r0, %r6, %r7;
        st.global.u32 [%q2], %r0;
        """);
    int[] found = run(code.toString(), 1, 32, 1);
    for (int lane = 0; lane < 32; lane++) {
      assertEquals(product(lane / 4, lane % 4 * 2), (short) found[lane]);
      assertEquals(product(lane / 4 + 8, lane % 4 * 2 + 1), found[lane] >> 16);
    }
  }

  private static int product(int row, int column) {
    return 1 + IntStream.range(0, 16).map(k -> (row + k) * (k - column)).sum();
  }

  private static IntUnaryOperator f(IntUnaryOperator function) {
    return function;
  }

  /** Runs blocks of threads that each store a word; {@code in} holds 0, 1, 2 and so on. */
  private static int[] run(String code, int blocks, int threads, long seed) {
    Simulator simulator = new Simulator(seed);
    long in = simulator.allocate(4096);
    long out = simulator.allocate(4L * blocks * threads);
    simulator.write(in, MemorySegment.ofArray(IntStream.range(0, 1024).toArray()));
    launch(simulator, code, blocks, threads, in, out);
    return simulator.ints(out, blocks * threads);
  }

  private static void launch(
      Simulator simulator, String code, int blocks, int threads, long in, long out) {
    simulator.launch(
        HEAD + code + "\nret;\n}",
        "k",
        new int[] {blocks, 1, 1},
        new int[] {threads, 1, 1},
        0,
        false,
        in,
        out);
  }
}
