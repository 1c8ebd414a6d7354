package io.firesteel.tornado.sdk;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How Java must be started for TornadoVM: its modules and JVMCI's, no silent fall-back to the JVM,
 * room for graphs of many tasks, and as much memory outside of Java's heap as the machine has:
 * there lie TornadoVM's arrays, a whole model's among them.
 */
public final class JavaFlags {
  /** Holds any graph that TornadoVM's builder accepts; TornadoVM's own limit fits some 50 tasks. */
  private static final int GRAPH_BYTES = 1 << 20;

  /**
   * Room of each of a graph's lists of events, all of which are cleared before each run; they stay
   * empty where a graph runs in one stream. TornadoVM's own 32768 take longer than a token.
   */
  private static final int EVENTS = 64;

  /**
   * Events kept between two recordings of CUDA graphs. Where this ring is full, TornadoVM waits for
   * its oldest event, which breaks a recording; each array and each 16 MiB of a large one take an
   * event when they are uploaded, TornadoVM's own 1024 are used up by some 16 GB a graph.
   */
  private static final int EVENT_RING = 1 << 14;

  /** What TornadoVM counts against what it has allocated; the driver knows better. */
  private static final String ALL_MEMORY = "1024GB";

  private static final String IMPLEMENTATION = "uk.ac.manchester.tornado.";

  private JavaFlags() {}

  /**
   * The options, one for each element, without class path and main class.
   *
   * @param patches folder for what has to stand in the place of the SDK's own classes
   * @throws SdkException if no suitable SDK is set
   */
  public static List<String> of(TornadoSettings settings, Path patches) throws SdkException {
    TornadoSdk sdk = TornadoSdk.find(settings);
    Backend backend = settings.backend();
    List<String> flags = new ArrayList<>();
    flags.add("-XX:+UnlockExperimentalVMOptions");
    flags.add("-XX:+EnableJVMCI");
    if (sdk.preview()) {
      flags.add("--enable-preview");
    }
    flags.add("-Djava.library.path=" + sdk.home().resolve("lib"));
    flags.add("--module-path=" + modulePath(sdk, backend));
    flags.add("--upgrade-module-path=" + sdk.home().resolve("share/java/graalJars"));
    flags.add(
        "--add-modules=tornado.runtime,tornado.annotation,tornado.drivers.common,"
            + backend.module());
    flags.add("--enable-native-access=tornado.api," + backend.module());
    flags.add(
        "-Dtornado.load.api.implementation=" + IMPLEMENTATION + "runtime.tasks.TornadoTaskGraph");
    flags.add(
        "-Dtornado.load.runtime.implementation=" + IMPLEMENTATION + "runtime.TornadoCoreRuntime");
    flags.add("-Dtornado.load.tornado.implementation=" + IMPLEMENTATION + "runtime.common.Tornado");
    flags.add(
        "-Dtornado.load.annotation.implementation="
            + IMPLEMENTATION
            + "annotation.ASMClassVisitor");
    flags.add("-Dtornado.load.annotation.parallel=" + IMPLEMENTATION + "api.annotations.Parallel");
    flags.add("-Dtornado.recover.bailout=False");
    flags.add("-Dtornado.experimental.reduce=False");
    flags.add("-Dtornado.tvm.maxbytecodesize=" + GRAPH_BYTES);
    flags.add("-Dtornado.max.events=" + EVENTS);
    flags.add("-XX:MaxDirectMemorySize=" + HostMemory.machineBytes());
    flags.add("-Dtornado.panama.objectHeader=16");
    flags.add("-Dtornado.device.memory=" + deviceMemory(settings));
    if (backend == Backend.PTX) {
      flags.add("-Dtornado.eventpool.size=" + EVENT_RING);
      flags.add(SdkPatches.write(sdk, patches));
    }
    flags.addAll(exports(sdk, "common-exports"));
    flags.addAll(exports(sdk, backend.label() + "-exports"));
    return flags;
  }

  private static String deviceMemory(TornadoSettings settings) {
    return settings.deviceMemory().isEmpty()
        ? ALL_MEMORY
        : (settings.deviceMemory().getAsLong() >> 10) + "KB";
  }

  /**
   * All modules but other backends' drivers, which would be loaded and fail, and what only serves
   * TornadoVM's own tests.
   */
  private static String modulePath(TornadoSdk sdk, Backend backend) throws SdkException {
    return TornadoSdk.jars(sdk.modules()).stream()
        .filter(jar -> isNeeded(jar.getFileName().toString(), backend))
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static boolean isNeeded(String jar, Backend backend) {
    if (!jar.startsWith("tornado-")) {
      return !jar.startsWith("junit") && !jar.startsWith("jmh") && !jar.startsWith("hamcrest");
    }
    List<String> parts =
        List.of(
            "tornado-api-",
            "tornado-runtime-",
            "tornado-annotation-",
            "tornado-drivers-common-",
            "tornado-drivers-" + backend.label() + "-");
    return parts.stream().anyMatch(jar::startsWith) && !jar.contains("-jni-");
  }

  private static List<String> exports(TornadoSdk sdk, String list) throws SdkException {
    Path file = sdk.home().resolve("etc/exportLists").resolve(list);
    try {
      return Files.readAllLines(file).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new SdkException(
          "TornadoVM's list " + file + " cannot be read", "install TornadoVM again", e);
    }
  }
}
