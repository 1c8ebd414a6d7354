package io.firesteel.loader.blocks;

import io.firesteel.loader.TensorType;
import io.firesteel.loader.blocks.BlockLayout.Part;
import java.util.Arrays;

/**
 * Q5_K: as {@link Q4KCodec}, with the fifth bit of element {@code l} of group {@code g} in bit
 * {@code g} of mask byte {@code l}.
 */
final class Q5KCodec extends BlockCodec {
  private static final BlockLayout LAYOUT = BlockLayout.of(TensorType.Q5_K);
  private static final int SCALES = LAYOUT.offset(Part.GROUP_SCALES);
  private static final int HIGH = LAYOUT.offset(Part.QUANTS_HIGH);
  private static final int QUANTS = LAYOUT.offset(Part.QUANTS);

  Q5KCodec() {
    super(TensorType.Q5_K);
  }

  @Override
  Encoder encoder() {
    AffineSuperBlock fit = new AffineSuperBlock(32, 31, 63);
    return (x, from, block) -> {
      fit.fit(x, from);
      pack(fit, block);
    };
  }

  private static void pack(AffineSuperBlock fit, byte[] block) {
    Arrays.fill(block, (byte) 0);
    LittleEndian.putShort(block, 0, fit.d);
    LittleEndian.putShort(block, 2, fit.dmin);
    ScalesK4.pack(fit.scales, fit.minima, block, SCALES);
    for (int group = 0; group < 8; group++) {
      for (int l = 0; l < 32; l++) {
        int quant = fit.quants[group * 32 + l];
        block[QUANTS + group / 2 * 32 + l] |= (byte) ((quant & 0xF) << (group % 2 * 4));
        block[HIGH + l] |= (byte) (quant >> 4 << group);
      }
    }
  }

  @Override
  void decodeBlock(byte[] block, int at, float[] target, int to) {
    float d = LittleEndian.getHalf(block, at);
    float dmin = LittleEndian.getHalf(block, at + 2);
    for (int group = 0; group < 8; group++) {
      float scale = d * ScalesK4.scale(block, at + SCALES, group);
      float minimum = dmin * ScalesK4.minimum(block, at + SCALES, group);
      int quants = at + QUANTS + group / 2 * 32;
      int shift = group % 2 * 4;
      for (int l = 0; l < 32; l++) {
        int high = block[at + HIGH + l] >> group & 1;
        int quant = block[quants + l] >> shift & 0xF | high << 4;
        target[to + group * 32 + l] = scale * quant - minimum;
      }
    }
  }
}
