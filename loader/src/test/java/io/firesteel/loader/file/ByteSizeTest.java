package io.firesteel.loader.file;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 1.00 kB",
    "14219968, 14.2 MB",
    "18556686848, 18.6 GB",
    "999600, 1.00 MB",
    "123456789, 123 MB",
    "9223372036854775807, 9.22 EB",
    "-1500, -1.50 kB",
  })
  void namesASizeWithThreeDigits(long bytes, String text) {
    assertEquals(text, ByteSize.format(bytes));
  }
}
