package io.firesteel.model.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.firesteel.loader.file.Progress;
import java.io.File;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Builds one image of the program as it stands and looks at it from all sides. */
class RuntimeImageTest {
  @TempDir static Path folder;

  private static Path image;
  private static Path archive;
  private static RuntimeImage builder;
  private static RuntimeImage.Result result;
  private static long bytesAtFirst;

  @BeforeAll
  static void buildImage() throws IOException {
    assumeTrue(File.separatorChar == '/', "images are built on Unix systems");
    assumeTrue(ToolProvider.findFirst("jlink").isPresent(), "this Java has no jlink");
    image = folder.resolve("image");
    archive = folder.resolve("image.tar.gz");
    builder = builderOf(classPath());
    result = builder.build(new RuntimeImage.Request(image, Optional.of(archive), 0), Progress.NONE);
    try (Stream<Path> files = Files.walk(image)) {
      bytesAtFirst =
          files
              .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
              .mapToLong(file -> file.toFile().length())
              .sum();
    }
  }

  @Test
  void runsWithoutJavaOrAnyProgramOnThePath() throws Exception {
    String said = run(image.resolve("firesteel"), "engines");
    assertTrue(said.startsWith("cpu  usable"), said);
  }

  @Test
  void runsFromAnotherPlaceWhereNothingCanBeWritten() throws Exception {
    Path moved = folder.resolve("moved");
    Files.move(image, moved);
    try {
      assertTrue(moved.resolve("program").toFile().setWritable(false));
      assertTrue(run(moved.resolve("firesteel"), "--version").startsWith("firesteel "));
    } finally {
      assertTrue(moved.resolve("program").toFile().setWritable(true));
      Files.move(moved, image);
    }
  }

  @Test
  void hasOnlyTheModulesThatAreUsed() {
    assertTrue(result.modules().contains("jdk.incubator.vector"), () -> result.modules() + "");
    assertFalse(result.modules().contains("java.desktop"), () -> result.modules() + "");
  }

  @Test
  void leavesOutNativeLibrariesOfOtherPlatforms() throws IOException {
    try (JarFile jar = new JarFile(image.resolve("program/lib/natives.jar").toFile())) {
      assertEquals(
          List.of("data/linux.txt", "native/linux/" + System.getProperty("os.arch") + "/libx.so"),
          Collections.list(jar.entries()).stream().map(JarEntry::getName).sorted().toList());
    }
  }

  @Test
  void measuresItsParts() {
    ImageParts parts = result.parts();
    assertEquals(bytesAtFirst, parts.total());
    assertTrue(parts.model() > 10_000_000, "embedded model");
    assertTrue(parts.jdk() > 20_000_000, "Java runtime");
    assertTrue(parts.code() > 100_000, "own code");
    assertTrue(parts.natives() > 100_000, "native libraries");
  }

  @Test
  void archiveKeepsRunBits() throws IOException {
    List<String> runnable = new ArrayList<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new GzipCompressorInputStream(Files.newInputStream(archive)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if ((entry.getMode() & 0111) != 0) {
          runnable.add(entry.getName());
        }
      }
    }
    assertTrue(runnable.contains("image/firesteel"), runnable::toString);
    assertTrue(runnable.contains("image/runtime/bin/java"), runnable::toString);
  }

  @Test
  void refusesAFolderThatExists() {
    assertThrows(
        FileAlreadyExistsException.class,
        () -> builder.build(new RuntimeImage.Request(image, Optional.empty(), 6), Progress.NONE));
  }

  @Test
  void refusesAProgramThatDoesNotRunFromJars() {
    ImageException failure = assertThrows(ImageException.class, () -> builderOf(folder.toString()));
    assertTrue(failure.getMessage().contains("which is no jar"), failure.getMessage());
  }

  @Test
  void leavesNothingWhenItFails() throws IOException {
    Path broken = Files.writeString(folder.resolve("broken.jar"), "no jar");
    Path target = Files.createDirectory(folder.resolve("failed")).resolve("image");
    RuntimeImage.Request request = new RuntimeImage.Request(target, Optional.empty(), 6);
    assertThrows(Exception.class, () -> builderOf(broken.toString()).build(request, Progress.NONE));
    try (Stream<Path> left = Files.list(target.getParent())) {
      assertEquals(List.of(), left.toList());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, a/linux-x86-64/libx.so, true",
    "Linux, amd64, linux/aarch64/libx.so, false",
    "Linux, amd64, win/amd64/x.dll, false",
    "Linux, aarch64, lib/linux-aarch64/libx.so.1, true",
    "Windows 11, amd64, darwin/x86_64/libx.dylib, false",
    "Windows 11, amd64, win/amd64/x.dll, true",
    "Mac OS X, aarch64, darwin/aarch64/libx.dylib, true",
    "Linux, amd64, some/windows/Class.class, true"
  })
  void knowsNativeLibrariesByTheirFolders(String os, String arch, String entry, boolean wanted) {
    assertEquals(wanted, Platform.of(os, arch).wants(entry));
  }

  private static RuntimeImage builderOf(String classPath) {
    return RuntimeImage.of(
        repository(),
        classPath,
        File.pathSeparator,
        System.getProperty("os.name"),
        System.getProperty("os.arch"));
  }

  private static Path repository() {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.isExecutable(folder.resolve("firesteel"))) {
      folder = folder.getParent();
    }
    assumeTrue(folder != null, "the launcher is not above the working directory");
    return folder;
  }

  /** The class path of this JVM, folders packed into jars, without what only tests need. */
  private static String classPath() throws IOException {
    List<String> jars = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      boolean program =
          !entry.matches(".*(test-classes|junit|surefire|opentest4j|apiguardian|jspecify).*");
      if (program && Files.isDirectory(Path.of(entry))) {
        jars.add(jarOf(Path.of(entry), "firesteel-" + jars.size() + ".jar").toString());
      } else if (program && Files.isRegularFile(Path.of(entry))) {
        jars.add(entry);
      }
    }
    jars.add(nativesJar().toString());
    return String.join(File.pathSeparator, jars);
  }

  private static Path jarOf(Path classes, String name) throws IOException {
    Path jar = folder.resolve(name);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        Files.copy(file, out);
        out.closeEntry();
      }
    }
    return jar;
  }

  private static Path nativesJar() throws IOException {
    Path root = folder.resolve("natives");
    String here = System.getProperty("os.arch");
    for (String name :
        List.of("data/linux.txt", "native/linux/" + here + "/libx.so", "native/win/x86/x.dll")) {
      Path file = root.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, name);
    }
    return jarOf(root, "natives.jar");
  }

  private static String run(Path launcher, String argument) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", launcher.toString(), argument).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().put("PATH", "");
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(1, TimeUnit.MINUTES));
    assertEquals(0, process.exitValue(), said);
    return said;
  }
}
