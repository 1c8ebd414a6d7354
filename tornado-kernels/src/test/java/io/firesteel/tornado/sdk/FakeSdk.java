package io.firesteel.tornado.sdk;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;

/** A folder that looks like an installed TornadoVM. */
final class FakeSdk {
  private final Path home;

  private FakeSdk(Path home) {
    this.home = home;
  }

  /** Version 5.2.0-jdk25 with both backends. */
  static FakeSdk complete(Path folder) throws IOException {
    FakeSdk sdk = new FakeSdk(folder.resolve("sdk"));
    sdk.write("etc/tornado.release", "version=5.2.0-jdk25\nbranch=master\n");
    sdk.write("etc/tornado.backend", "tornado.backends=opencl-backend,ptx-backend\n");
    sdk.write("etc/exportLists/common-exports", "# common\n--add-exports=a/b=c\n\n");
    sdk.write("etc/exportLists/ptx-exports", "--add-exports=a/p=c\n");
    sdk.write("etc/exportLists/opencl-exports", "--add-exports=a/o=c\n");
    sdk.write("lib/" + Backend.PTX.library(), "");
    sdk.write("lib/" + Backend.OPENCL.library(), "");
    for (String jar :
        new String[] {
          "asm-9.9.jar",
          "junit-4.13.2.jar",
          "tornado-unittests-5.2.0-jdk25.jar",
          "tornado-drivers-common-5.2.0-jdk25.jar",
          "tornado-drivers-ptx-5.2.0-jdk25.jar",
          "tornado-drivers-ptx-jni-5.2.0-jdk25-libs.jar",
          "tornado-drivers-opencl-5.2.0-jdk25.jar"
        }) {
      sdk.write("share/java/tornado/" + jar, "");
    }
    sdk.withPreviewMark(true);
    return sdk.withRuntime(FakeRuntime.classes());
  }

  Path home() {
    return home;
  }

  /** Replaces or adds a file. */
  FakeSdk write(String file, String text) throws IOException {
    Path path = home.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
    return this;
  }

  FakeSdk delete(String file) throws IOException {
    Files.delete(home.resolve(file));
    return this;
  }

  FakeSdk withPreviewMark(boolean marked) throws IOException {
    byte[] start =
        ByteBuffer.allocate(8).putInt(0xCAFEBABE).putInt(marked ? 0xFFFF0045 : 0x45).array();
    return jar("tornado-api", Map.of("uk/ac/manchester/tornado/api/TaskGraph.class", start));
  }

  /** Classes of TornadoVM's runtime, by their files. */
  FakeSdk withRuntime(Map<String, byte[]> classes) throws IOException {
    return jar("tornado-runtime", classes);
  }

  private FakeSdk jar(String name, Map<String, byte[]> entries) throws IOException {
    Path file = home.resolve("share/java/tornado/" + name + "-5.2.0-jdk25.jar");
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        jar.putNextEntry(new ZipEntry(entry.getKey()));
        jar.write(entry.getValue());
      }
    }
    return this;
  }
}
