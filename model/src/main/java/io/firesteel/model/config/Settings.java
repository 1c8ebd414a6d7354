package io.firesteel.model.config;

import io.firesteel.loader.TensorType;
import io.firesteel.model.engine.EngineSettings;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.ops.Op;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What {@code tornado.properties} says. Every key is optional; command-line options go before it.
 *
 * @param engine name of the engine, or {@code auto}
 * @param threads host threads for computation; 0 for all cores
 * @param context positions of the KV cache; 0 leaves the choice to the model
 * @param kvFormat storage format of the KV cache
 * @param cacheDirectory where unpacked models go, or empty for the user's cache directory
 * @param implementations implementation of each op that is set: keys are {@code op} or {@code
 *     op.type} as in {@code attention} or {@code expert_in.q4_k}, values {@code java} or {@code
 *     ptx}
 * @param tornado TornadoVM settings, keys without the prefix {@code tornado.}
 */
public record Settings(
    String engine,
    int threads,
    int context,
    KvFormat kvFormat,
    Optional<Path> cacheDirectory,
    Map<String, String> implementations,
    Map<String, String> tornado) {
  /** Lets the program choose. */
  public static final String AUTO = "auto";

  /** What holds where no file says otherwise. */
  public static final Settings DEFAULT =
      new Settings(AUTO, 0, 0, KvFormat.F16, Optional.empty(), Map.of(), Map.of());

  private static final String OP = "op.";
  private static final String TORNADO = "tornado.";
  private static final List<String> KEYS =
      List.of("engine", "threads", "context", "kv", "cache.directory");
  private static final List<String> FORMS = List.of("java", "ptx");

  /** Takes immutable copies of the maps. */
  public Settings {
    implementations = Map.copyOf(implementations);
    tornado = Map.copyOf(tornado);
  }

  /** The part that only some engines look at. */
  public EngineSettings engineSettings() {
    return new EngineSettings(implementations, tornado);
  }

  /**
   * Reads a settings file.
   *
   * @throws SettingsException if it cannot be read, or holds an unknown key or a value out of range
   */
  public static Settings read(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new SettingsException(file + " cannot be read: " + e, e);
    }
    return new Parser(file, properties).settings();
  }

  /** Turns keys and values into settings, with the file's name in every complaint. */
  private record Parser(Path file, Properties properties) {
    Settings settings() {
      Map<String, String> ops = new TreeMap<>();
      Map<String, String> tornado = new TreeMap<>();
      for (String key : properties.stringPropertyNames()) {
        String value = properties.getProperty(key).strip();
        if (key.startsWith(OP)) {
          ops.put(opKey(key), oneOf(key, value, FORMS));
        } else if (key.startsWith(TORNADO)) {
          tornado.put(key.substring(TORNADO.length()), value);
        } else if (!KEYS.contains(key)) {
          throw unknownKey(key);
        }
      }
      return new Settings(
          text("engine").orElse(DEFAULT.engine),
          number("threads"),
          number("context"),
          text("kv").map(this::kvFormat).orElse(DEFAULT.kvFormat),
          text("cache.directory").map(Path::of),
          ops,
          tornado);
    }

    private Optional<String> text(String key) {
      return Optional.ofNullable(properties.getProperty(key))
          .map(String::strip)
          .filter(value -> !value.isEmpty());
    }

    private int number(String key) {
      String value = text(key).orElse("0");
      try {
        return Integer.parseUnsignedInt(value);
      } catch (NumberFormatException e) {
        throw new SettingsException(
            file + ": " + key + " = " + value + ", expected a whole number of at least 0", e);
      }
    }

    private KvFormat kvFormat(String value) {
      List<String> names =
          Arrays.stream(KvFormat.values()).map(f -> f.name().toLowerCase(Locale.ROOT)).toList();
      return KvFormat.valueOf(oneOf("kv", value, names).toUpperCase(Locale.ROOT));
    }

    private String opKey(String key) {
      String op = key.substring(OP.length());
      int dot = op.indexOf('.');
      String name = dot < 0 ? op : op.substring(0, dot);
      List<String> names = Arrays.stream(Op.values()).map(Op::label).toList();
      if (!names.contains(name)) {
        throw new SettingsException(
            file + ": " + key + " names no op; ops are " + String.join(", ", names));
      }
      if (dot >= 0) {
        oneOf("the type in " + key, op.substring(dot + 1), typesOf(name));
      }
      return op;
    }

    /** What an op may be told apart by: the cache's format for attention, else the weights'. */
    private static List<String> typesOf(String op) {
      Enum<?>[] types =
          op.equals(Op.ATTENTION.label()) || op.equals(Op.ROPE_KV.label())
              ? KvFormat.values()
              : TensorType.values();
      return Arrays.stream(types).map(t -> t.name().toLowerCase(Locale.ROOT)).toList();
    }

    private String oneOf(String key, String value, List<String> allowed) {
      if (!allowed.contains(value)) {
        throw new SettingsException(
            file + ": " + key + " = " + value + ", expected one of " + String.join(", ", allowed));
      }
      return value;
    }

    private SettingsException unknownKey(String key) {
      String known = String.join(", ", KEYS);
      return new SettingsException(
          file + ": unknown key " + key + "; known are " + known + ", op.<op>[.<type>], tornado.*");
    }
  }
}
