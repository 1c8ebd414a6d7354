package io.firesteel.model.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.kv.KvFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  @TempDir private Path folder;

  @Test
  void everyKeyIsRead() throws IOException {
    Settings settings =
        read(
            """
            engine = ptx
            threads = 4
            context = 8192
            kv = q8
            cache.directory = /var/cache/models
            op.attention = ptx
            op.expert_in.q4_k = java
            tornado.device.memory = 40GB
            """);
    assertEquals("ptx", settings.engine());
    assertEquals(4, settings.threads());
    assertEquals(8192, settings.context());
    assertEquals(KvFormat.Q8, settings.kvFormat());
    assertEquals(Optional.of(Path.of("/var/cache/models")), settings.cacheDirectory());
    assertEquals(Map.of("attention", "ptx", "expert_in.q4_k", "java"), settings.implementations());
    assertEquals(Map.of("device.memory", "40GB"), settings.tornado());
  }

  @Test
  void anEmptyFileMeansTheDefaults() throws IOException {
    assertEquals(Settings.DEFAULT, read("# nothing here\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "engin = cpu          | unknown key engin; known are engine, threads, context, kv",
        "threads = many       | threads = many, expected a whole number of at least 0",
        "threads = -1         | threads = -1, expected a whole number of at least 0",
        "kv = f8              | kv = f8, expected one of f32, f16, q8",
        "op.attention = ptxx  | op.attention = ptxx, expected one of java, ptx",
        "op.logits.q9 = java  | the type in op.logits.q9 = q9, expected one of f32, f16, q4_0",
        "op.attention.q4 = ptx| the type in op.attention.q4 = q4, expected one of f32, f16, q8",
        "op.attn = ptx        | op.attn names no op; ops are embed, attn_in",
        "engine = \\u00zz     | cannot be read",
      })
  void whatIsWrongIsNamedWithFileKeyAndAllowedValues(String line, String message) {
    SettingsException e = assertThrows(SettingsException.class, () -> read(line + "\n"));
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertTrue(e.getMessage().contains("tornado.properties"), e.getMessage());
  }

  private Settings read(String text) throws IOException {
    return Settings.read(Files.writeString(folder.resolve("tornado.properties"), text));
  }
}
