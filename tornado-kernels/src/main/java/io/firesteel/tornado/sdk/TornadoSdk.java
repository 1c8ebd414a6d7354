package io.firesteel.tornado.sdk;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An installed TornadoVM.
 *
 * @param home its folder
 * @param version its version, such as {@code 5.2.0-jdk25}
 * @param backends what it was built with, such as {@code ptx} and {@code opencl}
 * @param preview whether its classes bear Java's preview mark
 */
public record TornadoSdk(Path home, String version, List<String> backends, boolean preview) {
  /** The versions that the engine is made for. */
  private static final Pattern SUITABLE = Pattern.compile("5\\.2\\.\\d+-jdk25");

  private static final String WANTED = "5.2.x-jdk25";
  private static final String GET =
      "install TornadoVM 5.2.0-jdk25 with the PTX backend and set TORNADOVM_HOME, or tornado.home"
          + " in tornado.properties, to its folder";
  private static final String API_CLASS = "uk/ac/manchester/tornado/api/TaskGraph.class";
  private static final int PREVIEW_MARK = 0xFFFF;
  private static final String BACKEND_SUFFIX = "-backend";

  /** Takes an immutable copy. */
  public TornadoSdk {
    backends = List.copyOf(backends);
  }

  /**
   * Finds the SDK that the settings name, and checks version and backend.
   *
   * @throws SdkException if there is none, or it does not suit
   */
  public static TornadoSdk find(TornadoSettings settings) throws SdkException {
    if (settings.home().isEmpty()) {
      throw new SdkException("no TornadoVM is installed or named", GET);
    }
    TornadoSdk sdk = read(settings.home().get(), settings.homeSource());
    sdk.check(settings.backend());
    return sdk;
  }

  private static TornadoSdk read(Path home, String source) throws SdkException {
    Path release = home.resolve("etc/tornado.release");
    if (!Files.isReadable(release)) {
      throw new SdkException(
          source
              + " names "
              + home
              + ", which "
              + (Files.isDirectory(home) ? "holds no TornadoVM" : "is no folder"),
          GET);
    }
    String version = property(release, "version");
    String backends = property(home.resolve("etc/tornado.backend"), "tornado.backends");
    if (version.isEmpty() || backends.isEmpty()) {
      throw new SdkException(
          "the TornadoVM in " + home + " does not say its version and backends", GET);
    }
    return new TornadoSdk(
        home,
        version,
        Arrays.stream(backends.split(",")).map(b -> b.strip().replace(BACKEND_SUFFIX, "")).toList(),
        hasPreviewMark(home));
  }

  private void check(Backend backend) throws SdkException {
    if (!SUITABLE.matcher(version).matches()) {
      throw new SdkException(
          "TornadoVM in " + home + " is version " + version + ", expected " + WANTED, GET);
    }
    if (!backends.contains(backend.label())) {
      throw new SdkException(
          "TornadoVM in "
              + home
              + " was built with "
              + String.join(", ", backends)
              + ", expected "
              + backend.label(),
          "install one with the "
              + backend.label()
              + " backend, or set tornado.backend in tornado.properties");
    }
    if (!Files.isReadable(library(backend))) {
      throw new SdkException("TornadoVM in " + home + " lacks " + library(backend), GET);
    }
  }

  private Path library(Backend backend) {
    return home.resolve("lib").resolve(backend.library());
  }

  /** Folder of TornadoVM's modules. */
  Path modules() {
    return modules(home);
  }

  private static Path modules(Path home) {
    return home.resolve("share/java/tornado");
  }

  /** Names of the files in a folder that end in {@code .jar}, in order. */
  static List<Path> jars(Path folder) throws SdkException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new SdkException("TornadoVM's folder " + folder + " cannot be read", GET, e);
    }
  }

  private static boolean hasPreviewMark(Path home) throws SdkException {
    Path api =
        jars(modules(home)).stream()
            .filter(jar -> jar.getFileName().toString().startsWith("tornado-api-"))
            .findFirst()
            .orElseThrow(
                () -> new SdkException("TornadoVM in " + home + " lacks its API's jar", GET));
    try (JarFile jar = new JarFile(api.toFile());
        InputStream in = jar.getInputStream(jar.getEntry(API_CLASS));
        DataInputStream data = new DataInputStream(in)) {
      data.readInt();
      return data.readUnsignedShort() == PREVIEW_MARK;
    } catch (IOException | NullPointerException e) {
      throw new SdkException(api + " cannot be read", GET, e);
    }
  }

  private static String property(Path file, String key) throws SdkException {
    if (!Files.isReadable(file)) {
      return "";
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new SdkException(file + " cannot be read", GET, e);
    }
    return properties.getProperty(key, "").strip();
  }
}
