package io.firesteel.tornado.sdk;

import io.firesteel.model.config.Settings;
import io.firesteel.model.config.SettingsException;
import io.firesteel.model.engine.EngineSettings;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes Java's options for TornadoVM into an argument file, for the launcher: {@code SETTINGS
 * TARGET}. They name the class path of this program, for the PTX backend behind the bodies of
 * intrinsics that use its warp operations (folder {@code warp} beside this class's jar), and the
 * settings file, which processes that this one starts with the same options read too. Changed
 * classes of TornadoVM go into a folder beside the file. The file is empty where no suitable
 * TornadoVM is set; {@code firesteel engines} says why.
 */
public final class LauncherFlags {
  private LauncherFlags() {}

  /** The program. */
  public static void main(String[] args) throws IOException {
    Path target = Path.of(args[1]).toAbsolutePath();
    Files.writeString(
        target, text(Path.of(args[0]), target.resolveSibling(target.getFileName() + ".classes")));
  }

  static String text(Path file, Path patches) {
    StringBuilder text = new StringBuilder();
    try {
      EngineSettings settings =
          Files.exists(file) ? Settings.read(file).engineSettings() : EngineSettings.NONE;
      TornadoSettings tornado = TornadoSettings.of(settings);
      List<String> flags = new ArrayList<>(JavaFlags.of(tornado, patches));
      flags.add("-D" + TornadoSettings.FILE + "=" + file.toAbsolutePath());
      flags.add("--class-path=" + classPath(tornado.backend()));
      for (String flag : flags) {
        text.append('"').append(flag.replace("\\", "\\\\")).append("\"\n");
      }
      return text.toString();
    } catch (SdkException | SettingsException e) {
      return "";
    }
  }

  private static String classPath(Backend backend) {
    String own = System.getProperty("java.class.path");
    return backend == Backend.PTX
        ? Stream.concat(warpJars().map(Path::toString), Stream.of(own))
            .collect(Collectors.joining(File.pathSeparator))
        : own;
  }

  /** None where this class does not come from a jar, as in a build's own tests. */
  private static Stream<Path> warpJars() {
    try {
      Path jar =
          Path.of(LauncherFlags.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path folder = jar.resolveSibling("warp");
      return Files.isRegularFile(jar) && Files.isDirectory(folder)
          ? TornadoSdk.jars(folder).stream()
          : Stream.of();
    } catch (URISyntaxException | SdkException e) {
      throw new IllegalStateException("the program's own folder cannot be read", e);
    }
  }
}
