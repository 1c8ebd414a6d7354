package io.firesteel.tornado.sdk;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.MethodModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/**
 * Lets TornadoVM 5.2 tell the prebuilt tasks of a graph apart. Its interpreter looks a task's code
 * up by the task's place in a list, and a prebuilt task equals nothing, itself included: so each is
 * taken for the first task of its graph, whose code then runs with the other's arguments. Without
 * {@code equals}, which this removes from the class, a task is equal to itself.
 *
 * <p>The changed class stands in a folder of its own, made from the installed SDK; Java puts it in
 * the place of the other ({@code --patch-module}).
 */
public final class PrebuiltTaskPatch {
  static final String CLASS = "uk/ac/manchester/tornado/runtime/tasks/PrebuiltTask.class";

  private static final String JAR = "tornado-runtime-";
  private static final String MODULE = "tornado.runtime";

  private PrebuiltTaskPatch() {}

  /**
   * Writes the changed class.
   *
   * @return Java's option that takes it
   * @throws SdkException if the SDK lacks the class, or the folder cannot be written
   */
  static String write(TornadoSdk sdk, Path folder) throws SdkException {
    Path jar =
        TornadoSdk.jars(sdk.modules()).stream()
            .filter(file -> file.getFileName().toString().startsWith(JAR))
            .findFirst()
            .orElseThrow(() -> incomplete(sdk.modules().resolve(JAR + sdk.version() + ".jar")));
    byte[] changed = withoutEquals(read(jar));
    Path target = folder.resolve(CLASS);
    try {
      Files.createDirectories(target.getParent());
      Files.write(target, changed);
    } catch (IOException e) {
      throw new SdkException(
          target + " cannot be written", "start from a folder that can be written", e);
    }
    return "--patch-module=" + MODULE + "=" + folder;
  }

  private static byte[] read(Path file) throws SdkException {
    byte[] original;
    try (JarFile jar = new JarFile(file.toFile())) {
      ZipEntry entry = jar.getEntry(CLASS);
      original = entry == null ? new byte[0] : jar.getInputStream(entry).readAllBytes();
    } catch (IOException e) {
      throw new SdkException(file + " cannot be read", "install TornadoVM again", e);
    }
    if (original.length == 0) {
      throw incomplete(file);
    }
    return original;
  }

  private static SdkException incomplete(Path jar) {
    return new SdkException("TornadoVM lacks " + CLASS + " in " + jar, "install TornadoVM again");
  }

  private static byte[] withoutEquals(byte[] original) {
    ClassFile format = ClassFile.of();
    return format.transformClass(
        format.parse(original),
        ClassTransform.dropping(
            element ->
                element instanceof MethodModel method
                    && method.methodName().equalsString("equals")));
  }

  /** Whether this process runs with the change, or without TornadoVM. */
  public static boolean isActive() {
    try {
      Class<?> task = Class.forName(CLASS.replace(".class", "").replace('/', '.'), false, loader());
      return Arrays.stream(task.getDeclaredMethods()).noneMatch(m -> m.getName().equals("equals"));
    } catch (ClassNotFoundException e) {
      return true;
    }
  }

  private static ClassLoader loader() {
    return PrebuiltTaskPatch.class.getClassLoader();
  }
}
