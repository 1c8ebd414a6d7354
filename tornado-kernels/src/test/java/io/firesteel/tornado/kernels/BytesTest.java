package io.firesteel.tornado.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytesTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 8, 16, 24})
  void aSignedByteIsFoundAtEachPlace(int shift) {
    for (int value = -128; value < 128; value++) {
      int word = (value & 255) << shift | ~(255 << shift) & 0xA55A5AA5;
      assertEquals(value, Bytes.signed(word, shift));
    }
  }
}
