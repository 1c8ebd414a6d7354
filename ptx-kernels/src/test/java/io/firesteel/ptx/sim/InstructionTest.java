package io.firesteel.ptx.sim;

import static java.lang.Float.floatToRawIntBits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each instruction on values whose result was worked out by hand from the PTX manual. */
class InstructionTest {
  private static final String KERNEL =
      """
      .version 7.8
      .target sm_80
      .address_size 64
      .const .align 4 .b32 table[4] = {5, 6, 7, 8};
      .visible .entry one(.param .u64 out)
      {
        .reg .b32 %r<16>;
        .reg .b64 %q<8>;
        .reg .f32 %f<8>;
        .reg .f64 %g<4>;
        .reg .b16 %h<8>;
        .reg .pred %p<6>;
        .shared .align 16 .b8 memory[64];
        .local .align 16 .b8 own[64];
        ld.param.u64 %q0, [out];
      """;

  static Stream<Arguments> integers() {
    return Stream.of(
        arguments("mov.u32 %r1, 7; sub.s32 %r0, %r1, 9;", -2),
        arguments("mul.hi.u32 %r0, 0x80000000, 6;", 3),
        arguments("mul.hi.s32 %r0, 0x80000000, 6;", -3),
        arguments("mad.lo.u32 %r0, 3, 5, -1;", 14),
        arguments("mul.wide.s32 %q1, -2, 3; cvt.u32.u64 %r0, %q1;", -6),
        arguments(
            "mad.wide.u32 %q1, 0xffffffff, 2, 3; shr.u64 %q1, %q1, 32; cvt.u32.u64 %r0, %q1;", 2),
        arguments("div.s32 %r0, -7, 2;", -3),
        arguments("rem.u32 %r0, 0xffffffff, 10;", 5),
        arguments("min.u32 %r0, -1, 3;", 3),
        arguments("max.s32 %r0, -1, 3;", 3),
        arguments("abs.s32 %r0, -9;", 9),
        arguments("popc.b32 %r0, 0xf0f1;", 9),
        arguments("clz.b32 %r0, 0x00ffffff;", 8),
        arguments("brev.b32 %r0, 1;", 0x80000000),
        arguments("bfind.u32 %r0, 0x1000;", 12),
        arguments("shl.b32 %r0, 1, 32;", 0),
        arguments("shr.s32 %r0, 0x80000000, 40;", -1),
        arguments("shr.u32 %r0, 0x80000000, 31;", 1),
        arguments("shr.u32 %r0, 0x80000000, 32;", 0),
        arguments("shr.u32 %r0, 0x80000000, -1;", 0),
        arguments("shf.l.wrap.b32 %r0, 0x80000001, 0x12345678, 4;", 0x23456788),
        arguments("shf.r.clamp.b32 %r0, 0x80000001, 0x12345678, 4;", 0x88000000),
        arguments("bfe.u32 %r0, 0xabcd1234, 8, 8;", 0x12),
        arguments("bfe.s32 %r0, 0x0000f000, 12, 4;", -1),
        arguments("bfe.s32 %r0, 0x80000000, 28, 8;", -8),
        arguments("bfi.b32 %r0, 0x5, 0xffffffff, 4, 4;", 0xffffff5f),
        arguments("prmt.b32 %r0, 0x33221100, 0x77665544, 0x7531;", 0x77553311),
        arguments("prmt.b32 %r0, 0x80, 0, 0x0008;", 0x808080ff),
        arguments("lop3.b32 %r0, 0xff00, 0x0ff0, 0x00ff, 0x96;", 0xf00f),
        arguments("lop3.b32 %r0, 0xf0, 0xcc, 0xaa, 0xea;", 0xfffffffe & 0xf0 & 0xcc | 0xaa),
        arguments("dp4a.s32.s32 %r0, 0x01ff0302, 0x02030405, 100;", 100 + 10 + 12 - 3 + 2),
        arguments("dp4a.u32.s32 %r0, 0x000000ff, 0x000000ff, 0;", -255),
        arguments("dp4a.u32.s32 %r0, 0xff020304, 0x80ff0102, 1;", 1 - 255 * 128 - 2 + 3 + 8),
        arguments("dp4a.s32.u32 %r0, 0xff000001, 0xff000002, 0;", -255 + 2),
        arguments("dp4a.u32.u32 %r0, 0xff000001, 0xff000002, 0;", 255 * 255 + 2),
        arguments("dp2a.lo.s32.s32 %r0, 0xffff0002, 0x00000503, 1;", 1 + 6 - 5),
        arguments("add.cc.u32 %r1, 0xffffffff, 1; addc.u32 %r0, 5, 0;", 6),
        arguments("sub.cc.u32 %r1, 0, 1; subc.u32 %r0, 5, 0;", 4),
        arguments("setp.lt.u32 %p1, 1, 2; selp.b32 %r0, 10, 20, %p1;", 10),
        arguments("setp.gt.s32 %p1|%p2, -1, 2; selp.b32 %r0, 10, 20, %p2;", 10),
        arguments(
            "setp.eq.u32 %p1, 1, 1; setp.ne.and.u32 %p2, 1, 2, !%p1; selp.b32 %r0, 1, 0, %p2;", 0),
        arguments("mov.b32 {%h0, %h1}, 0x12345678; mov.b32 %r0, {%h1, %h0};", 0x56781234),
        arguments("mov.b64 %q1, {1, 2}; mov.b64 {%r1, %r0}, %q1;", 2),
        arguments("mul.lo.s16 %h0, -3, 5; cvt.s32.s16 %r0, %h0;", -15),
        arguments("mov.u32 %r0, %ntid.x;", 1),
        arguments("ld.const.u32 %r0, [table+8];", 7),
        arguments("st.shared.u32 [memory+4], 77; ld.shared.u32 %r0, [memory+4];", 77),
        arguments("st.local.u32 [own+8], 78; ld.local.u32 %r0, [own+8];", 78),
        arguments(
            "mov.u64 %q1, memory; cvta.shared.u64 %q1, %q1; st.u32 [%q1], 79; ld.shared.u32 %r0,"
                + " [memory];",
            79),
        arguments("st.shared.u8 [memory], 0xfe; ld.shared.s8 %r0, [memory];", -2),
        arguments(
            "st.shared.v2.u32 [memory+8], {3, 4}; ld.shared.v2.u32 {%r1, %r0}, [memory+8];", 4),
        arguments(
            "st.global.u32 [%q0], 5; atom.global.add.u32 %r0, [%q0], 3; ld.global.u32 %r1, [%q0];"
                + " mad.lo.u32 %r0, %r0, 100, %r1;",
            508),
        arguments("st.global.u32 [%q0], 5; atom.global.acq_rel.gpu.cas.b32 %r0, [%q0], 5, 9;", 5),
        arguments(
            "st.global.u32 [%q0], 2; atom.global.inc.u32 %r1, [%q0], 2; ld.acquire.gpu.global.u32"
                + " %r0, [%q0];",
            0),
        arguments(
            "st.shared.u32 [memory], 2; red.shared.max.s32 [memory], -9; ld.shared.u32 %r0,"
                + " [memory];",
            2),
        arguments("{ .reg .b32 %r0x; mov.u32 %r0x, 3; add.u32 %r0, %r0x, (1 << 4) + 2 * 3; }", 25));
  }

  static Stream<Arguments> reals() {
    return Stream.of(
        arguments("fma.rn.f32 %f0, 0f40000000, 0f40400000, 0f3f800000;", 7f),
        arguments("div.rn.f32 %f0, 1.0, 3.0;", 1f / 3),
        arguments("sqrt.approx.f32 %f0, 9.0;", 3f),
        arguments("rsqrt.approx.f32 %f0, 4.0;", 0.5f),
        arguments("rcp.rn.f32 %f0, 8.0;", 0.125f),
        arguments("ex2.approx.ftz.f32 %f0, 3.0;", 8f),
        arguments("lg2.approx.f32 %f0, 32.0;", 5f),
        arguments("min.f32 %f0, 0f7fc00000, 2.0;", 2f),
        arguments("max.NaN.f32 %f0, 0f7fc00000, 2.0;", Float.NaN),
        arguments("add.sat.f32 %f0, 0.75, 0.75;", 1f),
        arguments("mul.ftz.f32 %f0, 0f00000001, 1.0;", 0f),
        arguments("neg.f32 %f0, 2.5;", -2.5f),
        arguments("abs.f32 %f0, -2.5;", 2.5f),
        arguments("copysign.f32 %f0, -1.0, 3.0;", -3f),
        arguments("cvt.rn.f32.s32 %f0, -3;", -3f),
        arguments("cvt.rn.f32.u32 %f0, 0xffffffff;", (float) (1L << 32)),
        arguments("mov.f32 %f1, 2.5; cvt.rni.s32.f32 %r1, %f1; cvt.rn.f32.s32 %f0, %r1;", 2f),
        arguments("mov.f32 %f1, -2.5; cvt.rzi.s32.f32 %r1, %f1; cvt.rn.f32.s32 %f0, %r1;", -2f),
        arguments(
            "mov.f32 %f1, 3.0e9; cvt.rzi.s32.f32 %r1, %f1; cvt.rn.f32.s32 %f0, %r1;",
            (float) (1L << 31)),
        arguments("mov.f32 %f1, 1.5; cvt.rn.f16.f32 %h0, %f1; cvt.f32.f16 %f0, %h0;", 1.5f),
        arguments("mov.f32 %f1, 1.00390625; cvt.rn.bf16.f32 %h0, %f1; cvt.f32.bf16 %f0, %h0;", 1f),
        arguments(
            "mov.f32 %f1, 0f3f818000; cvt.rn.bf16.f32 %h0, %f1; cvt.f32.bf16 %f0, %h0;",
            1 + 1 / 64f),
        arguments("mov.f32 %f1, 2049.5; cvt.rz.f16.f32 %h0, %f1; cvt.f32.f16 %f0, %h0;", 2048f),
        arguments(
            "cvt.rn.f16x2.f32 %r1, 1.0, 2.0; mov.b32 {%h0, %h1}, %r1; cvt.f32.f16 %f0, %h1;", 1f),
        arguments(
            "mov.b32 %r1, 0x40003c00; add.rn.f16x2 %r1, %r1, %r1; mov.b32 {%h0, %h1}, %r1;"
                + " cvt.f32.f16 %f0, %h1;",
            4f),
        arguments(
            "mov.b32 %r1, 0x3c003c00; fma.rn.f16x2 %r1, %r1, %r1, %r1; mov.b32 {%h0, %h1}, %r1;"
                + " cvt.f32.f16 %f0, %h0;",
            2f),
        arguments(
            "cvt.f64.f32 %g0, 3.0; fma.rn.f64 %g0, %g0, %g0, %g0; cvt.rn.f32.f64 %f0, %g0;", 12f),
        arguments("setp.gtu.f32 %p1, 0f7fc00000, 1.0; selp.f32 %f0, 1.0, 2.0, %p1;", 1f),
        arguments("setp.gt.f32 %p1, 0f7fc00000, 1.0; selp.f32 %f0, 1.0, 2.0, %p1;", 2f));
  }

  @ParameterizedTest
  @MethodSource("integers")
  void integerResult(String code, int expected) {
    assertEquals(expected, run(code + " st.global.u32 [%q0], %r0;"), code);
  }

  @ParameterizedTest
  @MethodSource("reals")
  void realResult(String code, float expected) {
    assertEquals(floatToRawIntBits(expected), run(code + " st.global.f32 [%q0], %f0;"), code);
  }

  @Test
  void unknownInstructionNamesItsLine() {
    SimFault fault = assertThrows(SimFault.class, () -> run("\nfrobnicate.b32 %r0, %r1;"));
    assertTrue(fault.getMessage().contains("frobnicate.b32"), fault.getMessage());
    assertTrue(fault.getMessage().contains("line 17"), fault.getMessage());
  }

  @Test
  void narrowRegisterForWideValueIsRefused() {
    assertThrows(SimFault.class, () -> run("add.u64 %q1, %r0, %r1;"));
  }

  private static int run(String code) {
    Simulator simulator = new Simulator(1);
    long out = simulator.allocate(16);
    simulator.launch(
        KERNEL + code + "\nret;\n}",
        "one",
        new int[] {1, 1, 1},
        new int[] {1, 1, 1},
        0,
        false,
        out);
    return simulator.ints(out, 1)[0];
  }
}
