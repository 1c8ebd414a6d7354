package io.firesteel.tornado.sdk;

import java.io.IOException;
import java.lang.classfile.ClassModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * What is changed in TornadoVM 5.2's own classes, for each a {@link SdkPatch}.
 *
 * <p>The changed classes stand in a folder of their own, made from the installed SDK; Java puts
 * them in the place of the others ({@code --patch-module}).
 */
public final class SdkPatches {
  private static final String JAR = "tornado-runtime-";
  private static final String MODULE = "tornado.runtime";

  private SdkPatches() {}

  /**
   * Writes the changed classes.
   *
   * @return Java's option that takes them
   * @throws SdkException if the SDK lacks a class or has another one than 5.2, or the folder cannot
   *     be written
   */
  static String write(TornadoSdk sdk, Path folder) throws SdkException {
    Path jar =
        TornadoSdk.jars(sdk.modules()).stream()
            .filter(file -> file.getFileName().toString().startsWith(JAR))
            .findFirst()
            .orElseThrow(
                () ->
                    incomplete(
                        SdkPatch.EQUAL_TASKS, sdk.modules().resolve(JAR + sdk.version() + ".jar")));
    for (SdkPatch patch : SdkPatch.values()) {
      Path target = folder.resolve(patch.file());
      byte[] changed = patch.apply(read(patch, jar), jar);
      try {
        Files.createDirectories(target.getParent());
        Files.write(target, changed);
      } catch (IOException e) {
        throw new SdkException(
            target + " cannot be written", "start from a folder that can be written", e);
      }
    }
    return "--patch-module=" + MODULE + "=" + folder;
  }

  private static ClassModel read(SdkPatch patch, Path file) throws SdkException {
    byte[] original;
    try (JarFile jar = new JarFile(file.toFile())) {
      ZipEntry entry = jar.getEntry(patch.file());
      original = entry == null ? new byte[0] : jar.getInputStream(entry).readAllBytes();
    } catch (IOException e) {
      throw new SdkException(file + " cannot be read", "install TornadoVM again", e);
    }
    if (original.length == 0) {
      throw incomplete(patch, file);
    }
    return SdkPatch.FORMAT.parse(original);
  }

  private static SdkException incomplete(SdkPatch patch, Path jar) {
    return new SdkException(
        "TornadoVM lacks " + patch.file() + " in " + jar, "install TornadoVM again");
  }

  /** Whether this process runs with the changes, or without TornadoVM. */
  public static boolean areActive() {
    try {
      Class<?> task = Class.forName(SdkPatch.EQUAL_TASKS.type(), false, loader());
      return Arrays.stream(task.getDeclaredMethods()).noneMatch(m -> m.getName().equals("equals"));
    } catch (ClassNotFoundException e) {
      return true;
    }
  }

  private static ClassLoader loader() {
    return SdkPatches.class.getClassLoader();
  }
}
