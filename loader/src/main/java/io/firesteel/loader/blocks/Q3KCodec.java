package io.firesteel.loader.blocks;

import io.firesteel.loader.TensorType;
import io.firesteel.loader.blocks.BlockLayout.Part;
import java.util.Arrays;

/**
 * Q3_K: 16 groups of 16 quants of 3 bits with signed 6-bit scales. Low two bits as in {@link
 * Q2KCodec}; the third bit of element {@code 32 * k + l} is bit {@code k} of mask byte {@code l}.
 * An element is {@code d * (scale - 32) * (q - 4)}.
 */
final class Q3KCodec extends BlockCodec {
  private static final BlockLayout LAYOUT = BlockLayout.of(TensorType.Q3_K);
  private static final int QUANTS = LAYOUT.offset(Part.QUANTS);
  private static final int SCALES = LAYOUT.offset(Part.GROUP_SCALES);
  private static final int SCALE = LAYOUT.offset(Part.SCALE);

  private static final Levels LEVELS = new Levels.Uniform(-4, 3);

  Q3KCodec() {
    super(TensorType.Q3_K);
  }

  @Override
  Encoder encoder() {
    ScaledSuperBlock fit = new ScaledSuperBlock(16, LEVELS, -32, 31);
    return (x, from, block) -> {
      fit.fit(x, from);
      pack(fit, block);
    };
  }

  private static void pack(ScaledSuperBlock fit, byte[] block) {
    Arrays.fill(block, (byte) 0);
    LittleEndian.putShort(block, SCALE, fit.d);
    for (int group = 0; group < 16; group++) {
      int scale = fit.scales[group] + 32;
      block[SCALES + group % 8] |= (byte) ((scale & 0xF) << (group / 8 * 4));
      block[SCALES + 8 + group % 4] |= (byte) (scale >> 4 << (group / 4 * 2));
      int quants = QUANTS + group / 8 * 32 + group % 2 * 16;
      int mask = group % 2 * 16;
      int shift = group / 2 % 4 * 2;
      for (int l = 0; l < 16; l++) {
        int quant = fit.quants[group * 16 + l];
        block[quants + l] |= (byte) ((quant & 3) << shift);
        block[mask + l] |= (byte) (quant >> 2 << (group / 2));
      }
    }
  }

  @Override
  void decodeBlock(byte[] block, int at, float[] target, int to) {
    float d = LittleEndian.getHalf(block, at + SCALE);
    for (int group = 0; group < 16; group++) {
      float scale = d * (scale(block, at + SCALES, group) - 32);
      int quants = at + QUANTS + group / 8 * 32 + group % 2 * 16;
      int mask = at + group % 2 * 16;
      int shift = group / 2 % 4 * 2;
      for (int l = 0; l < 16; l++) {
        int high = block[mask + l] >> (group / 2) & 1;
        int quant = block[quants + l] >> shift & 3 | high << 2;
        target[to + group * 16 + l] = scale * (quant - 4);
      }
    }
  }

  /** Four low bits in a half of bytes 0 to 7, two high bits in bytes 8 to 11. */
  static int scale(byte[] scales, int at, int group) {
    int low = scales[at + group % 8] >> (group / 8 * 4) & 0xF;
    int high = scales[at + 8 + group % 4] >> (group / 4 * 2) & 3;
    return low | high << 4;
  }
}
