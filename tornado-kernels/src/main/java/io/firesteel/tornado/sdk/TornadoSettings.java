package io.firesteel.tornado.sdk;

import io.firesteel.model.config.Settings;
import io.firesteel.model.config.SettingsException;
import io.firesteel.model.engine.EngineSettings;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is set about TornadoVM, by {@code tornado.*} in {@code tornado.properties} and by the
 * environment variable {@code TORNADOVM_HOME}, which the property goes before.
 *
 * @param home folder of the SDK, if any is named
 * @param homeSource where {@code home} was named, for messages
 * @param backend code generator to use
 * @param deviceMemory bytes of device memory that TornadoVM may take; empty for all there is
 * @param cudaGraphs whether the PTX backend replays its task graphs as CUDA graphs
 */
public record TornadoSettings(
    Optional<Path> home,
    String homeSource,
    Backend backend,
    OptionalLong deviceMemory,
    boolean cudaGraphs) {
  private static final String HOME = "home";
  private static final String BACKEND = "backend";
  private static final String DEVICE_MEMORY = "device.memory";
  private static final String CUDA_GRAPHS = "cuda.graphs";
  private static final List<String> KEYS = List.of(HOME, BACKEND, DEVICE_MEMORY, CUDA_GRAPHS);

  /** Property that names the settings file that Java's options were made from. */
  static final String FILE = "firesteel.settings";

  private static final String LAUNCHER_HOME = "firesteel.home";
  private static final String SETTINGS_FILE = "tornado.properties";
  private static final String VARIABLE = "TORNADOVM_HOME";
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})\\s*([KMGT])B", 0);

  /** Reads the settings, and {@code TORNADOVM_HOME} from this process's environment. */
  public static TornadoSettings of(EngineSettings settings) throws SdkException {
    return of(settings.tornado(), System::getenv);
  }

  /**
   * Reads what the settings file says about TornadoVM: the one that Java's options were made from,
   * else the launcher's own.
   */
  public static TornadoSettings ofLauncher() throws SdkException {
    String named = System.getProperty(FILE);
    String home = System.getProperty(LAUNCHER_HOME);
    Path launchers = home == null ? null : Path.of(home).resolve(SETTINGS_FILE);
    Path file = named == null ? launchers : Path.of(named);
    try {
      return of(
          file != null && Files.exists(file)
              ? Settings.read(file).engineSettings()
              : EngineSettings.NONE);
    } catch (SettingsException e) {
      throw new SdkException(e.getMessage(), "correct the settings file", e);
    }
  }

  /**
   * Reads settings.
   *
   * @param tornado keys without the prefix {@code tornado.}
   * @param environment value of an environment variable, or null
   * @throws SdkException naming key, value and what is allowed
   */
  static TornadoSettings of(Map<String, String> tornado, UnaryOperator<String> environment)
      throws SdkException {
    for (String key : new TreeSet<>(tornado.keySet())) {
      if (!KEYS.contains(key)) {
        throw new SdkException(
            "tornado.properties has an unknown key tornado." + key,
            "known are tornado." + String.join(", tornado.", KEYS));
      }
    }
    String variable = environment.apply(VARIABLE);
    boolean named = tornado.containsKey(HOME) && !tornado.get(HOME).isEmpty();
    return new TornadoSettings(
        path(named ? tornado.get(HOME) : variable),
        named ? "tornado.home in tornado.properties" : VARIABLE,
        backend(tornado.getOrDefault(BACKEND, Backend.PTX.label())),
        deviceMemory(tornado.get(DEVICE_MEMORY)),
        onOff(CUDA_GRAPHS, tornado.getOrDefault(CUDA_GRAPHS, "on")));
  }

  private static Optional<Path> path(String text) throws SdkException {
    try {
      return text == null || text.isBlank() ? Optional.empty() : Optional.of(Path.of(text.strip()));
    } catch (InvalidPathException e) {
      throw new SdkException("'" + text + "' is not a path", "name TornadoVM's folder", e);
    }
  }

  private static Backend backend(String label) throws SdkException {
    return Backend.of(label).orElseThrow(() -> wrong(BACKEND, label, "one of " + Backend.labels()));
  }

  private static OptionalLong deviceMemory(String text) throws SdkException {
    if (text == null) {
      return OptionalLong.empty();
    }
    Matcher size = SIZE.matcher(text);
    if (!size.matches() || Long.parseLong(size.group(1)) == 0) {
      throw wrong(DEVICE_MEMORY, text, "a size such as 40GB");
    }
    int exponent = 1 + "KMGT".indexOf(size.group(2));
    return OptionalLong.of(Long.parseLong(size.group(1)) << (10 * exponent));
  }

  private static boolean onOff(String key, String text) throws SdkException {
    return switch (text) {
      case "on" -> true;
      case "off" -> false;
      default -> throw wrong(key, text, "on or off");
    };
  }

  private static SdkException wrong(String key, String value, String expected) {
    return new SdkException(
        "tornado.properties has tornado." + key + " = " + value, "expected is " + expected);
  }
}
