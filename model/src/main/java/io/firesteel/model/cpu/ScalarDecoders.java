package io.firesteel.model.cpu;

import io.firesteel.loader.TensorType;

/**
 * {@link RowDecoder}s without vectors, in plain loops for the types that most models consist of.
 */
final class ScalarDecoders {
  private ScalarDecoders() {}

  static RowDecoder of(TensorType type) {
    return switch (type) {
      case Q4_K -> ScalarDecoders::q4k;
      case Q6_K -> ScalarDecoders::q6k;
      default -> RowDecoder.scalar(type);
    };
  }

  private static void q4k(byte[] raw, int from, int elements, float[] out, int to) {
    for (int c = 0, at = from; c < elements; c += 256, at += 144) {
      float d = half(raw, at);
      float dMin = half(raw, at + 2);
      for (int part = 0; part < 8; part++) {
        float scale = d * RowDecoder.Blocks.scale(raw, at + 4, part);
        float min = dMin * RowDecoder.Blocks.min(raw, at + 4, part);
        int bits = at + 16 + 32 * (part / 2);
        int shift = 4 * (part & 1);
        int target = to + c + 32 * part;
        for (int i = 0; i < 32; i++) {
          out[target + i] = (raw[bits + i] >> shift & 15) * scale - min;
        }
      }
    }
  }

  private static void q6k(byte[] raw, int from, int elements, float[] out, int to) {
    for (int c = 0, at = from; c < elements; c += 256, at += 210) {
      float d = half(raw, at + 208);
      for (int part = 0; part < 8; part++) {
        int low = at + 64 * (part / 4) + 32 * (part & 1);
        int lowShift = (part & 2) * 2;
        int high = at + 128 + 32 * (part / 4);
        int highShift = 2 * (part & 3);
        int target = to + c + 32 * part;
        for (int i = 0; i < 32; i++) {
          int q = raw[low + i] >> lowShift & 15 | (raw[high + i] >> highShift & 3) << 4;
          out[target + i] = (q - 32) * (d * raw[at + 192 + 2 * part + i / 16]);
        }
      }
    }
  }

  private static float half(byte[] raw, int at) {
    return Float.float16ToFloat((short) (raw[at] & 0xff | raw[at + 1] << 8));
  }
}
