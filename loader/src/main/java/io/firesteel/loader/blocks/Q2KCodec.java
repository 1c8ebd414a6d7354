package io.firesteel.loader.blocks;

import io.firesteel.loader.TensorType;
import io.firesteel.loader.blocks.BlockLayout.Part;
import java.util.Arrays;

/**
 * Q2_K: 16 groups of 16 quants of 2 bits; group {@code g} has a 4-bit scale in the low half and a
 * 4-bit minimum in the high half of byte {@code g}. An element is {@code d * scale * q - dmin *
 * minimum}. The quants of 128 elements share 32 bytes: element {@code 32 * k + l} is in bits {@code
 * 2k} and {@code 2k + 1} of byte {@code l}.
 */
final class Q2KCodec extends BlockCodec {
  private static final BlockLayout LAYOUT = BlockLayout.of(TensorType.Q2_K);
  private static final int QUANTS = LAYOUT.offset(Part.QUANTS);
  private static final int SCALE = LAYOUT.offset(Part.SCALE);
  private static final int MINIMUM = LAYOUT.offset(Part.MINIMUM);

  Q2KCodec() {
    super(TensorType.Q2_K);
  }

  @Override
  Encoder encoder() {
    AffineSuperBlock fit = new AffineSuperBlock(16, 3, 15);
    return (x, from, block) -> {
      fit.fit(x, from);
      pack(fit, block);
    };
  }

  private static void pack(AffineSuperBlock fit, byte[] block) {
    Arrays.fill(block, (byte) 0);
    LittleEndian.putShort(block, SCALE, fit.d);
    LittleEndian.putShort(block, MINIMUM, fit.dmin);
    for (int group = 0; group < 16; group++) {
      block[group] = (byte) (fit.scales[group] | fit.minima[group] << 4);
      int quants = QUANTS + group / 8 * 32 + group % 2 * 16;
      int shift = group / 2 % 4 * 2;
      for (int l = 0; l < 16; l++) {
        block[quants + l] |= (byte) (fit.quants[group * 16 + l] << shift);
      }
    }
  }

  @Override
  void decodeBlock(byte[] block, int at, float[] target, int to) {
    float d = LittleEndian.getHalf(block, at + SCALE);
    float dmin = LittleEndian.getHalf(block, at + MINIMUM);
    for (int group = 0; group < 16; group++) {
      float scale = d * (block[at + group] & 0xF);
      float minimum = dmin * (block[at + group] >> 4 & 0xF);
      int quants = at + QUANTS + group / 8 * 32 + group % 2 * 16;
      int shift = group / 2 % 4 * 2;
      for (int l = 0; l < 16; l++) {
        target[to + group * 16 + l] = scale * (block[quants + l] >> shift & 3) - minimum;
      }
    }
  }
}
