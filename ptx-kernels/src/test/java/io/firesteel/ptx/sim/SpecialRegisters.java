package io.firesteel.ptx.sim;

import java.util.function.IntToLongFunction;

/** The read-only registers of PTX. */
final class SpecialRegisters {
  private SpecialRegisters() {}

  static boolean exists(String name) {
    return switch (name) {
      case "%tid.x", "%tid.y", "%tid.z", "%ntid.x", "%ntid.y", "%ntid.z" -> true;
      case "%ctaid.x", "%ctaid.y", "%ctaid.z", "%nctaid.x", "%nctaid.y", "%nctaid.z" -> true;
      case "%laneid", "%warpid", "%nwarpid", "%smid", "%nsmid" -> true;
      case "%lanemask_eq", "%lanemask_le", "%lanemask_lt", "%lanemask_ge", "%lanemask_gt" -> true;
      case "%dynamic_smem_size", "%total_smem_size" -> true;
      default -> false;
    };
  }

  /** Values of all lanes. */
  static long[] values(String name, Warp warp) {
    Grid grid = warp.block.grid();
    int width = grid.blockX();
    int height = grid.blockY();
    int[] block = warp.block.position();
    return switch (name) {
      case "%tid.x" -> each(lane -> warp.thread(lane) % width);
      case "%tid.y" -> each(lane -> warp.thread(lane) / width % height);
      case "%tid.z" -> each(lane -> warp.thread(lane) / width / height);
      case "%ntid.x" -> Warp.filled((long) width);
      case "%ntid.y" -> Warp.filled((long) height);
      case "%ntid.z" -> Warp.filled((long) grid.threads() / width / height);
      case "%ctaid.x" -> Warp.filled((long) block[0]);
      case "%ctaid.y" -> Warp.filled((long) block[1]);
      case "%ctaid.z" -> Warp.filled((long) block[2]);
      case "%nctaid.x" -> Warp.filled((long) grid.size()[0]);
      case "%nctaid.y" -> Warp.filled((long) grid.size()[1]);
      case "%nctaid.z" -> Warp.filled((long) grid.size()[2]);
      case "%laneid" -> each(lane -> lane);
      case "%warpid" -> Warp.filled((long) warp.index);
      case "%nwarpid" -> Warp.filled((long) grid.warps());
      case "%smid" -> Warp.filled((long) warp.block.index() % Grid.MULTIPROCESSORS);
      case "%nsmid" -> Warp.filled((long) Grid.MULTIPROCESSORS);
      case "%lanemask_eq" -> each(lane -> 1L << lane);
      case "%lanemask_le" -> each(lane -> (2L << lane) - 1);
      case "%lanemask_lt" -> each(lane -> (1L << lane) - 1);
      case "%lanemask_ge" -> each(lane -> -1L << lane);
      case "%lanemask_gt" -> each(lane -> -2L << lane);
      case "%dynamic_smem_size" -> Warp.filled((long) grid.dynamicSharedBytes());
      case "%total_smem_size" -> Warp.filled((long) grid.sharedBytes());
      default -> throw new SimFault("register " + name + " is not known");
    };
  }

  private static long[] each(IntToLongFunction value) {
    long[] lanes = new long[Warp.LANES];
    for (int lane = 0; lane < Warp.LANES; lane++) {
      lanes[lane] = value.applyAsLong(lane);
    }
    return lanes;
  }
}
