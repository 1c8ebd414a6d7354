package io.firesteel.ptx.sim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Products and loads of matrices against the tables of the PTX manual (matrix fragments of {@code
 * mma.m16n8k16} and {@code mma.m16n8k32}, and of {@code ldmatrix}).
 */
class MatrixTest {
  private static final int M = 16;
  private static final int N = 8;

  private static final String HEAD =
      """
      .version 7.8
      .target sm_80
      .address_size 64
      .visible .entry k(.param .u64 a, .param .u64 b, .param .u64 c, .param .u64 d)
      {
        .reg .b32 %r<32>;
        .reg .b32 %a<4>;
        .reg .b32 %b<4>;
        .reg .b32 %c<4>;
        .reg .b64 %q<8>;
        .shared .align 16 .b8 memory[1024];
        ld.param.u64 %q0, [a];
        ld.param.u64 %q1, [b];
        ld.param.u64 %q2, [c];
        ld.param.u64 %q3, [d];
        mov.u32 %r1, %tid.x;
        shr.u32 %r2, %r1, 2;
        and.b32 %r3, %r1, 3;
      """;

  private final Machine machine = new Machine(1);
  private final Random random = new Random(7);

  /** Every lane loads its own fragments: rows of A and columns of B lie one behind the other. */
  @ParameterizedTest
  @CsvSource({"32, s8, s8", "32, u8, s8", "32, s8, u8", "32, u8, u8", "16, s8, s8", "16, u8, u8"})
  void byteMatricesMultiply(int k, String typeA, String typeB) {
    byte[] a = new byte[M * k];
    byte[] b = new byte[N * k];
    random.nextBytes(a);
    random.nextBytes(b);
    int[] c = random.ints(M * N, -1000, 1000).toArray();
    long d = machine.allocate(4L * M * N);
    String code =
        """
        mad.lo.u32 %%r4, %%r2, %1$d, 0;
        mad.lo.u32 %%r4, %%r3, 4, %%r4;
        cvt.u64.u32 %%q4, %%r4;
        add.u64 %%q0, %%q0, %%q4;
        add.u64 %%q1, %%q1, %%q4;
        mad.lo.u32 %%r5, %%r2, 32, 0;
        mad.lo.u32 %%r5, %%r3, 8, %%r5;
        cvt.u64.u32 %%q4, %%r5;
        add.u64 %%q2, %%q2, %%q4;
        add.u64 %%q3, %%q3, %%q4;
        ld.global.u32 %%a0, [%%q0];
        ld.global.u32 %%a1, [%%q0+8*%1$d];
        %2$s
        ld.global.u32 %%b0, [%%q1];
        ld.global.v2.u32 {%%c0, %%c1}, [%%q2];
        ld.global.v2.u32 {%%c2, %%c3}, [%%q2+256];
        mma.sync.aligned.m16n8k%1$d.row.col.s32.%3$s.%4$s.s32 {%%r8, %%r9, %%r10, %%r11}, %5$s,
          {%%c0, %%c1, %%c2, %%c3};
        st.global.v2.u32 [%%q3], {%%r8, %%r9};
        st.global.v2.u32 [%%q3+256], {%%r10, %%r11};
        """
            .formatted(
                k,
                k == 32
                    ? """
                    ld.global.u32 %a2, [%q0+16];
                    ld.global.u32 %a3, [%q0+8*32+16];
                    ld.global.u32 %b1, [%q1+16];
                    """
                    : "",
                typeA,
                typeB,
                k == 32 ? "{%a0, %a1, %a2, %a3}, {%b0, %b1}" : "{%a0, %a1}, {%b0}");
    launch(code, machine.upload(a), machine.upload(b), machine.upload(c), d);
    int[] expected = c.clone();
    for (int i = 0; i < M * N; i++) {
      for (int n = 0; n < k; n++) {
        expected[i] += number(typeA, a[i / N * k + n]) * number(typeB, b[i % N * k + n]);
      }
    }
    assertArrayEquals(expected, machine.ints(d, M * N));
  }

  private static int number(String type, byte value) {
    return type.equals("u8") ? value & 0xFF : value;
  }

  /**
   * Matrices of 8 x 8 numbers: lane l gets two neighbours of row l / 4 of each, or of its column.
   */
  @ParameterizedTest
  @CsvSource({"1, false", "2, false", "4, false", "1, true", "2, true", "4, true"})
  void matricesAreDealtOutToLanes(int matrices, boolean transposed) {
    short[] data = new short[matrices * 64];
    for (int i = 0; i < data.length; i++) {
      data[i] = (short) (i + 1);
    }
    long d = machine.allocate(4L * 32 * matrices);
    launch(
        fill(matrices * 128) + loadMatrices(matrices, transposed) + storeWords(matrices),
        machine.upload(data),
        0,
        0,
        d);
    int[] expected = new int[32 * matrices];
    for (int lane = 0; lane < 32; lane++) {
      for (int m = 0; m < matrices; m++) {
        int row = lane / 4;
        int column = lane % 4 * 2;
        int low = m * 64 + (transposed ? column * 8 + row : row * 8 + column);
        int high = low + (transposed ? 8 : 1);
        expected[lane * matrices + m] = data[low] | data[high] << 16;
      }
    }
    assertArrayEquals(expected, machine.ints(d, expected.length));
  }

  /** The last lane whose address counts points behind shared memory. */
  @Test
  void rowsOutsideSharedMemoryAreReported() {
    String code =
        fill(512)
            + ".reg .pred %last; mul.lo.u32 %r4, %r1, 16;"
            + "setp.eq.u32 %last, %r1, 31; selp.b32 %r4, 1024, %r4, %last;"
            + load(4, false);
    SimFault fault =
        assertThrows(SimFault.class, () -> launch(code, machine.upload(new int[128]), 0, 0, 0));
    assertTrue(fault.getMessage().contains("out of range"), fault.getMessage());
    assertTrue(fault.getMessage().contains("thread 31"), fault.getMessage());
  }

  @Test
  void lanesThatStayAwayAreReported() {
    String code =
        fill(512)
            + ".reg .pred %upper; setp.ge.u32 %upper, %r1, 16; @%upper exit;"
            + loadMatrices(1, false);
    SimFault fault =
        assertThrows(SimFault.class, () -> launch(code, machine.upload(new int[128]), 0, 0, 0));
    assertTrue(fault.getMessage().contains("have ended"), fault.getMessage());
  }

  /** Copies A to shared memory, 16 bytes by each lane. */
  private static String fill(int bytes) {
    return """
    .reg .pred %%full;
    mov.u32 %%r5, memory;
    mul.wide.u32 %%q4, %%r1, 16;
    add.u64 %%q4, %%q4, %%q0;
    mad.lo.u32 %%r5, %%r1, 16, %%r5;
    setp.lt.u32 %%full, %%r1, %d;
    @%%full ld.global.v4.u32 {%%c0, %%c1, %%c2, %%c3}, [%%q4];
    @%%full st.shared.v4.u32 [%%r5], {%%c0, %%c1, %%c2, %%c3};
    bar.warp.sync -1;
    """
        .formatted(bytes / 16);
  }

  private static String loadMatrices(int matrices, boolean transposed) {
    return "mul.lo.u32 %r4, %r1, 16;" + load(matrices, transposed);
  }

  private static String load(int matrices, boolean transposed) {
    return "mov.u32 %%r6, memory; add.u32 %%r4, %%r4, %%r6;\nldmatrix.sync.aligned.m8n8.x%d%s.shared.b16 {%s}, [%%r4];\n"
        .formatted(matrices, transposed ? ".trans" : "", registers(matrices));
  }

  private static String storeWords(int count) {
    return "mad.wide.u32 %%q3, %%r1, %d, %%q3;\nst.global%s.b32 [%%q3], %s;\n"
        .formatted(
            4 * count,
            count == 1 ? "" : ".v" + count,
            count == 1 ? "%r8" : "{" + registers(count) + "}");
  }

  private static String registers(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "%r" + (8 + i))
        .collect(Collectors.joining(", "));
  }

  private void launch(String code, long a, long b, long c, long d) {
    machine.launch(HEAD + code + "\nret;\n}", "k", new int[] {1}, new int[] {32}, 0, a, b, c, d);
  }
}
