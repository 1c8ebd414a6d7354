package io.firesteel.tornado.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.model.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TunedPropertiesTest {
  private static final Winner ATTENTION = new Winner("attention.f16", "ptx", 40, 8.25);
  private static final Winner LOGITS = new Winner("logits.q6_k", "java", 90, 91);

  @Test
  void valuesChangeInPlaceAndCommentsAndOrderSurvive() {
    String before =
        """
        # Which engine runs the model.
        engine = tornado

        # Chosen by hand.
        op.logits.q6_k: ptx
        op.router = java
        ! An old style comment: op.attention.f16 = java
        kv = f16
        """;
    assertEquals(
        """
        # Which engine runs the model.
        engine = tornado

        # Chosen by hand.
        # tuned: java 90.0 µs, ptx 91.0 µs a token, m on H100
        op.logits.q6_k = java
        op.router = java
        ! An old style comment: op.attention.f16 = java
        kv = f16

        # tuned: java 40.0 µs, ptx 8.3 µs a token, m on H100
        op.attention.f16 = ptx
        """,
        TunedProperties.rewrite(before, List.of(ATTENTION, LOGITS), "m on H100"));
  }

  @Test
  void tuningAgainReplacesItsOwnComments() {
    String once = TunedProperties.rewrite("", List.of(ATTENTION, LOGITS), "m on H100");
    assertEquals(once, TunedProperties.rewrite(once, List.of(ATTENTION, LOGITS), "m on H100"));
  }

  @Test
  void whatIsWrittenIsWhatSettingsRead(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("tornado.properties");
    Files.writeString(file, TunedProperties.rewrite("kv = q8", List.of(ATTENTION, LOGITS), "m"));
    assertEquals(
        Map.of("attention.f16", "ptx", "logits.q6_k", "java"),
        Settings.read(file).implementations());
  }
}
