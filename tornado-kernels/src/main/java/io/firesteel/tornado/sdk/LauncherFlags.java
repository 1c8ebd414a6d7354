package io.firesteel.tornado.sdk;

import io.firesteel.model.config.Settings;
import io.firesteel.model.config.SettingsException;
import io.firesteel.model.engine.EngineSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes Java's options for TornadoVM into an argument file, for the launcher: {@code SETTINGS
 * TARGET}. The file is empty where no suitable TornadoVM is set; {@code firesteel engines} says
 * why.
 */
public final class LauncherFlags {
  private LauncherFlags() {}

  /** The program. */
  public static void main(String[] args) throws IOException {
    Files.writeString(Path.of(args[1]), text(Path.of(args[0])));
  }

  static String text(Path file) {
    StringBuilder text = new StringBuilder();
    try {
      EngineSettings settings =
          Files.exists(file) ? Settings.read(file).engineSettings() : EngineSettings.NONE;
      for (String flag : JavaFlags.of(TornadoSettings.of(settings))) {
        text.append('"').append(flag.replace("\\", "\\\\")).append("\"\n");
      }
      return text.toString();
    } catch (SdkException | SettingsException e) {
      return "";
    }
  }
}
