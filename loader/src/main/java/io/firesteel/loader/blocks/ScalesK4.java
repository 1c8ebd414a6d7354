package io.firesteel.loader.blocks;

/**
 * The eight 6-bit scales and eight 6-bit minima that Q4_K and Q5_K pack into 12 bytes: those of
 * groups 0 to 3 in the low six bits of bytes 0 to 3 (scales) and 4 to 7 (minima); of groups 4 to 7
 * the low four bits in bytes 8 to 11 (scale low half, minimum high half) and the high two bits in
 * the top of bytes 0 to 7.
 */
final class ScalesK4 {
  private ScalesK4() {}

  static void pack(int[] scales, int[] minima, byte[] packed, int at) {
    for (int group = 0; group < 4; group++) {
      int upper = group + 4;
      packed[at + group] = (byte) (scales[group] | scales[upper] >> 4 << 6);
      packed[at + group + 4] = (byte) (minima[group] | minima[upper] >> 4 << 6);
      packed[at + group + 8] = (byte) (scales[upper] & 0xF | (minima[upper] & 0xF) << 4);
    }
  }

  static int scale(byte[] packed, int at, int group) {
    return group < 4
        ? packed[at + group] & 0x3F
        : packed[at + group + 4] & 0xF | (packed[at + group - 4] & 0xC0) >> 2;
  }

  static int minimum(byte[] packed, int at, int group) {
    return group < 4
        ? packed[at + group + 4] & 0x3F
        : packed[at + group + 4] >> 4 & 0xF | (packed[at + group] & 0xC0) >> 2;
  }
}
