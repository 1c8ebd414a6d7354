package io.firesteel.model.image;

import io.firesteel.loader.file.Progress;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Builds a runtime image: a folder that runs on a Linux machine with nothing but a shell (and, for
 * the GPU, NVIDIA's driver).
 *
 * <pre>
 * firesteel            launcher, the same script as in the sources
 * tornado.properties   settings
 * LICENSE
 * program/lib/*.jar    the program, without native libraries of other platforms
 * runtime/             the modules of the JDK that it uses
 * </pre>
 */
public final class RuntimeImage {
  static final String RUNTIME = "runtime";
  static final String JARS = "program/lib";

  /**
   * What jdeps cannot see: the Vector API is named on the command line, file systems, character
   * sets, memory access and the XML types that JSON libraries ask for are found by name.
   */
  private static final Set<String> ALWAYS =
      Set.of("jdk.incubator.vector", "jdk.unsupported", "jdk.zipfs", "java.logging", "java.xml");

  /** Named by parts of libraries that are not used: windows, a web terminal, tables. */
  private static final Set<String> NEVER = Set.of("java.desktop", "java.sql", "jdk.httpserver");

  private static final List<String> COPIED = List.of("tornado.properties", "LICENSE");
  private static final String LAUNCHER = "firesteel";

  private final Path home;
  private final List<Path> jars;
  private final Platform platform;

  private RuntimeImage(Path home, List<Path> jars, Platform platform) {
    this.home = home;
    this.jars = jars;
    this.platform = platform;
  }

  /**
   * What to build.
   *
   * @param target folder to create
   * @param archive file to pack it into as well: {@code .tar.gz}, {@code .tgz} or {@code .zip}
   * @param compression of the JDK's modules, 0 (fast start) to 9 (small)
   */
  public record Request(Path target, Optional<Path> archive, int compression) {
    /** Checks the range and the archive's ending. */
    public Request {
      if (compression < 0 || compression > 9) {
        throw new ImageException("compression " + compression + ", expected 0 to 9");
      }
      archive.ifPresent(ImageArchive::requireKnown);
    }
  }

  /**
   * What was built.
   *
   * @param modules JDK modules that were asked for
   * @param parts sizes
   * @param archiveBytes size of the archive, if there is one
   */
  public record Result(Set<String> modules, ImageParts parts, Optional<Long> archiveBytes) {}

  /**
   * An image of the program that runs.
   *
   * @param home folder of the launcher
   * @param classPath the program's class path, all jars
   * @param separator what separates its entries
   * @param osName operating system, as Java names it
   * @param osArch processor, as Java names it
   * @throws ImageException if the program does not run from jars
   */
  public static RuntimeImage of(
      Path home, String classPath, String separator, String osName, String osArch) {
    List<Path> jars = ProgramJars.of(classPath, separator);
    return new RuntimeImage(home, jars, Platform.of(osName, osArch));
  }

  /**
   * Builds the image, whole or not at all.
   *
   * @throws ImageException if this is no whole JDK, or a tool of it fails
   * @throws FileAlreadyExistsException if the folder exists already
   */
  public Result build(Request request, Progress progress) throws IOException {
    Path target = request.target().toAbsolutePath();
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    requireFile(LAUNCHER);
    Files.createDirectories(target.getParent());
    Path unfinished = Files.createTempDirectory(target.getParent(), "." + target.getFileName());
    try (Progress.Task task = progress.begin("build an image", Progress.Unit.ITEMS, 3)) {
      Set<String> modules = new TreeSet<>(ALWAYS);
      modules.addAll(JdkTools.modulesOf(jars));
      modules.removeAll(NEVER);
      task.advance(1);
      JdkTools.link(modules, unfinished.resolve(RUNTIME), request.compression());
      task.advance(1);
      copyProgram(unfinished);
      task.advance(1);
      Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
      return new Result(modules, ImageParts.of(target), pack(target, request, progress));
    } finally {
      removeTree(unfinished);
    }
  }

  private Optional<Long> pack(Path target, Request request, Progress progress) throws IOException {
    if (request.archive().isEmpty()) {
      return Optional.empty();
    }
    Path archive = request.archive().get();
    ImageArchive.pack(target, archive, progress);
    return Optional.of(Files.size(archive));
  }

  private void copyProgram(Path image) throws IOException {
    Path folder = Files.createDirectories(image.resolve(JARS));
    ProgramJars.copy(jars, folder, platform);
    Files.copy(home.resolve(LAUNCHER), image.resolve(LAUNCHER), StandardCopyOption.COPY_ATTRIBUTES);
    for (String name : COPIED) {
      requireFile(name);
      Files.copy(home.resolve(name), image.resolve(name));
    }
    makeReadable(image);
  }

  /** Temporary folders are for their owner alone; a program is for everyone. */
  private static void makeReadable(Path image) throws IOException {
    if (Files.getFileStore(image).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private void requireFile(String name) {
    if (!Files.isRegularFile(home.resolve(name))) {
      throw new ImageException(
          home.resolve(name) + " is missing: start the program with ./firesteel of its sources");
    }
  }

  private static void removeTree(Path tree) throws IOException {
    if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(tree)) {
      paths = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
