package io.firesteel.ptx.sim;

import java.util.List;

/**
 * {@code mma.sync}: a warp multiplies two small matrices. Fragments lie in the lanes as the PTX
 * manual draws them.
 */
final class MatrixOps {
  private static final int M = 16;
  private static final int N = 8;

  private final Slots slots;

  MatrixOps(Slots slots) {
    this.slots = slots;
  }

  Op decode(Instruction i) {
    List<PtxType> types = i.types();
    if (types.size() != 4 || !i.has("row") || !i.has("col")) {
      throw i.error("is not supported");
    }
    int k = depth(i);
    PtxType element = types.get(1);
    int[] d = fragment(i, 0);
    int[] a = fragment(i, 1);
    int[] b = fragment(i, 2);
    int[] c = fragment(i, 3);
    boolean integers = types.getFirst() == PtxType.S32;
    boolean bytes = element == PtxType.S8 || element == PtxType.U8;
    boolean halves = element == PtxType.F16 || element == PtxType.BF16;
    if (integers ? !bytes : !(halves && types.getFirst() == PtxType.F32)) {
      throw i.error("has types that are not supported");
    }
    return (w, _) -> {
      double[][] left = new double[M][k];
      double[][] right = new double[k][N];
      read(w, left, right, a, b, k, types);
      double[][] result = new double[M][N];
      for (int row = 0; row < M; row++) {
        for (int column = 0; column < N; column++) {
          double sum = 0;
          for (int n = 0; n < k; n++) {
            sum += left[row][n] * right[n][column];
          }
          result[row][column] = sum;
        }
      }
      for (int lane = 0; lane < Warp.LANES; lane++) {
        for (int v = 0; v < 4; v++) {
          int row = lane / 4 + v / 2 * 8;
          int column = lane % 4 * 2 + v % 2;
          int old = w.r[c[v]][lane];
          w.r[d[v]][lane] =
              integers
                  ? old + (int) (long) result[row][column]
                  : Float.floatToRawIntBits(
                      (float) (result[row][column] + Float.intBitsToFloat(old)));
        }
      }
    };
  }

  private static int depth(Instruction i) {
    for (String suffix : i.suffixes()) {
      if (suffix.startsWith("m16n8k")) {
        return Integer.parseInt(suffix.substring(6));
      }
    }
    throw i.error("has a shape that is not supported");
  }

  private int[] fragment(Instruction i, int operand) {
    return i.operand(operand) instanceof Operand.Vector(List<Operand> parts)
        ? parts.stream().mapToInt(p -> slots.word(i, p, PtxType.B32)).toArray()
        : new int[] {slots.word(i, i.operand(operand), PtxType.B32)};
  }

  /**
   * Each register holds {@code per} elements. Registers of A alternate between rows {@code lane /
   * 4} and that plus 8, and step through the columns in halves of k (quarters of a row for each
   * lane); those of B step through its rows likewise.
   */
  private static void read(
      Warp w, double[][] left, double[][] right, int[] a, int[] b, int k, List<PtxType> types) {
    PtxType typeA = types.get(1);
    PtxType typeB = types.get(2);
    int per = 4 / typeA.bytes;
    int span = 4 * per;
    if (a.length != 2 * k / span || b.length != k / span) {
      throw w.fault(-1, "has fragments of the wrong length");
    }
    for (int lane = 0; lane < Warp.LANES; lane++) {
      for (int v = 0; v < a.length; v++) {
        int row = lane / 4 + v % 2 * 8;
        int column = v / 2 * span + lane % 4 * per;
        for (int e = 0; e < per; e++) {
          left[row][column + e] = element(typeA, w.r[a[v]][lane], e);
        }
      }
      for (int v = 0; v < b.length; v++) {
        int row = v * span + lane % 4 * per;
        for (int e = 0; e < per; e++) {
          right[row + e][lane / 4] = element(typeB, w.r[b[v]][lane], e);
        }
      }
    }
  }

  private static double element(PtxType type, int word, int index) {
    int bits = word >>> index * 8 * type.bytes;
    return switch (type) {
      case S8 -> (byte) bits;
      case U8 -> bits & 0xFF;
      default -> Halves.decode(type, bits & 0xFFFF);
    };
  }
}
