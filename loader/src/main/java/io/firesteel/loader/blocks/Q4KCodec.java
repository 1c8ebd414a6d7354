package io.firesteel.loader.blocks;

import io.firesteel.loader.TensorType;
import io.firesteel.loader.blocks.BlockLayout.Part;

/**
 * Q4_K: eight groups of 32 quants of 4 bits, an element being {@code d * scale * q - dmin *
 * minimum}. Groups {@code 2k} and {@code 2k + 1} are the low and high halves of the same 32 bytes.
 */
final class Q4KCodec extends BlockCodec {
  private static final BlockLayout LAYOUT = BlockLayout.of(TensorType.Q4_K);
  private static final int SCALES = LAYOUT.offset(Part.GROUP_SCALES);
  private static final int QUANTS = LAYOUT.offset(Part.QUANTS);

  Q4KCodec() {
    super(TensorType.Q4_K);
  }

  @Override
  Encoder encoder() {
    AffineSuperBlock fit = new AffineSuperBlock(32, 15, 63);
    return (x, from, block) -> {
      fit.fit(x, from);
      pack(fit, block);
    };
  }

  private static void pack(AffineSuperBlock fit, byte[] block) {
    LittleEndian.putShort(block, 0, fit.d);
    LittleEndian.putShort(block, 2, fit.dmin);
    ScalesK4.pack(fit.scales, fit.minima, block, SCALES);
    for (int pair = 0; pair < 4; pair++) {
      for (int l = 0; l < 32; l++) {
        int low = fit.quants[pair * 64 + l];
        int high = fit.quants[pair * 64 + 32 + l];
        block[QUANTS + pair * 32 + l] = (byte) (low | high << 4);
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
        target[to + group * 32 + l] = scale * (block[quants + l] >> shift & 0xF) - minimum;
      }
    }
  }
}
