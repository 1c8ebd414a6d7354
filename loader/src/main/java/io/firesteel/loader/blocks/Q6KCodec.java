package io.firesteel.loader.blocks;

import io.firesteel.loader.TensorType;
import io.firesteel.loader.blocks.BlockLayout.Part;
import java.util.Arrays;

/**
 * Q6_K: 16 groups of 16 quants of 6 bits with signed 8-bit scales, an element being {@code d *
 * scale * (q - 32)}. Of 128 elements, elements {@code l} and {@code l + 64} (l below 64) are the
 * low and high halves of low byte {@code l}; the two high bits of element {@code 32 * k + l} are
 * bits {@code 2k} and {@code 2k + 1} of high byte {@code l} (l below 32).
 */
final class Q6KCodec extends BlockCodec {
  private static final BlockLayout LAYOUT = BlockLayout.of(TensorType.Q6_K);
  private static final int HIGH = LAYOUT.offset(Part.QUANTS_HIGH);
  private static final int SCALES = LAYOUT.offset(Part.GROUP_SCALES);
  private static final int SCALE = LAYOUT.offset(Part.SCALE);

  private static final Levels LEVELS = new Levels.Uniform(-32, 31);

  Q6KCodec() {
    super(TensorType.Q6_K);
  }

  @Override
  Encoder encoder() {
    ScaledSuperBlock fit = new ScaledSuperBlock(16, LEVELS, -128, 127);
    return (x, from, block) -> {
      fit.fit(x, from);
      pack(fit, block);
    };
  }

  private static void pack(ScaledSuperBlock fit, byte[] block) {
    Arrays.fill(block, (byte) 0);
    LittleEndian.putShort(block, SCALE, fit.d);
    for (int group = 0; group < 16; group++) {
      block[SCALES + group] = (byte) fit.scales[group];
      int half = group / 8;
      int quarter = group / 2 % 4;
      int low = half * 64 + quarter % 2 * 32 + group % 2 * 16;
      int high = HIGH + half * 32 + group % 2 * 16;
      for (int l = 0; l < 16; l++) {
        int quant = fit.quants[group * 16 + l];
        block[low + l] |= (byte) ((quant & 0xF) << (quarter / 2 * 4));
        block[high + l] |= (byte) (quant >> 4 << (quarter * 2));
      }
    }
  }

  @Override
  void decodeBlock(byte[] block, int at, float[] target, int to) {
    float d = LittleEndian.getHalf(block, at + SCALE);
    for (int group = 0; group < 16; group++) {
      float scale = d * block[at + SCALES + group];
      int half = group / 8;
      int quarter = group / 2 % 4;
      int low = at + half * 64 + quarter % 2 * 32 + group % 2 * 16;
      int lowShift = quarter / 2 * 4;
      int high = at + HIGH + half * 32 + group % 2 * 16;
      int highShift = quarter * 2;
      for (int l = 0; l < 16; l++) {
        int quant = block[low + l] >> lowShift & 0xF | (block[high + l] >> highShift & 3) << 4;
        target[to + group * 16 + l] = scale * (quant - 32);
      }
    }
  }
}
