import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Unpacks TornadoVM's API from a jar it is published in and clears the preview mark of its classes,
 * which every JDK but the one they were compiled with refuses: {@code JAR FOLDER}; or that of an
 * installed TornadoVM as it is, but for the mark: {@code HOME FOLDER}.
 *
 * <p>The published API is older than the TornadoVM that the kernels are for. What kernels need of
 * the newer one is added, with bodies that throw: an installed TornadoVM, or the test device, has
 * the real ones.
 */
class UnpackApi {
  private static final String SHA_256 =
      "4fea108921faeaaea2a4d01b215e5abc0708a4286db93d59c4b737a08bf61c81";
  private static final String API = "uk/ac/manchester/tornado/api/";
  private static final int CLASSES = 232;
  private static final int MARKED = 63;

  private static final int CLASS_FILE = 0xCAFEBABE;
  private static final int MINOR_VERSION_AT = 4;
  private static final short PREVIEW = (short) 0xFFFF;

  private static final ClassDesc UNSUPPORTED =
      ClassDesc.of(UnsupportedOperationException.class.getName());
  private static final MethodTypeDesc SHUFFLE =
      MethodTypeDesc.of(ConstantDescs.CD_float, ConstantDescs.CD_float, ConstantDescs.CD_int);
  private static final MethodTypeDesc SUM =
      MethodTypeDesc.of(ConstantDescs.CD_float, ConstantDescs.CD_float);
  private static final MethodTypeDesc DP4A =
      MethodTypeDesc.of(
          ConstantDescs.CD_int, ConstantDescs.CD_int, ConstantDescs.CD_int, ConstantDescs.CD_int);

  void main(String[] args) throws IOException, NoSuchAlgorithmException {
    Path source = Path.of(args[0]);
    Path folder = Path.of(args[1]);
    if (Files.isDirectory(source)) {
      unpack(installed(source), folder, UnaryOperator.identity());
      return;
    }
    require(source, "SHA-256", SHA_256, sha256(source));
    Counts found = unpack(source, folder, UnpackApi::withWarpOperations);
    writeIfChanged(folder.resolve(API + "utils/QuantizationUtils.class"), quantizationUtils());
    require(source, "number of API classes", CLASSES, found.classes());
    require(source, "number of classes marked as preview", MARKED, found.marked());
  }

  private record Counts(int classes, int marked) {}

  private static Path installed(Path home) throws IOException {
    Path jars = home.resolve("share/java/tornado");
    try (DirectoryStream<Path> found = Files.newDirectoryStream(jars, "tornado-api-*.jar")) {
      return found.iterator().next();
    } catch (NoSuchElementException e) {
      throw new IOException(jars + " holds no tornado-api-*.jar: install TornadoVM again", e);
    }
  }

  private static Counts unpack(Path jar, Path folder, UnaryOperator<byte[]> kernelContext)
      throws IOException {
    int marked = 0;
    int classes = 0;
    try (JarFile published = new JarFile(jar.toFile())) {
      for (JarEntry entry : apiClasses(published)) {
        byte[] bytes;
        try (InputStream in = published.getInputStream(entry)) {
          bytes = in.readAllBytes();
        }
        classes++;
        if (clearPreviewMark(bytes)) {
          marked++;
        }
        if (entry.getName().equals(API + "KernelContext.class")) {
          bytes = kernelContext.apply(bytes);
        }
        writeIfChanged(folder.resolve(entry.getName()), bytes);
      }
    }
    return new Counts(classes, marked);
  }

  private static List<JarEntry> apiClasses(JarFile jar) {
    return jar.stream()
        .filter(entry -> entry.getName().startsWith(API) && entry.getName().endsWith(".class"))
        .toList();
  }

  private static boolean clearPreviewMark(byte[] classFile) {
    ByteBuffer bytes = ByteBuffer.wrap(classFile);
    if (bytes.getInt(0) != CLASS_FILE || bytes.getShort(MINOR_VERSION_AT) != PREVIEW) {
      return false;
    }
    bytes.putShort(MINOR_VERSION_AT, (short) 0);
    return true;
  }

  private static byte[] withWarpOperations(byte[] kernelContext) {
    ClassFile classFile = ClassFile.of();
    return classFile.transformClass(
        classFile.parse(kernelContext),
        ClassTransform.endHandler(
            context -> {
              int flags = ClassFile.ACC_PUBLIC;
              context.withMethodBody("simdSum", SUM, flags, UnpackApi::throwUnsupported);
              context.withMethodBody(
                  "simdShuffleDown", SHUFFLE, flags, UnpackApi::throwUnsupported);
              context.withMethodBody("simdBroadcastFirst", SUM, flags, UnpackApi::throwUnsupported);
            }));
  }

  private static byte[] quantizationUtils() {
    return ClassFile.of()
        .build(
            ClassDesc.of("uk.ac.manchester.tornado.api.utils.QuantizationUtils"),
            utils ->
                utils
                    .withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL)
                    .withMethodBody(
                        "dp4a_packed",
                        DP4A,
                        ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                        UnpackApi::throwUnsupported));
  }

  private static void throwUnsupported(CodeBuilder code) {
    code.new_(UNSUPPORTED)
        .dup()
        .loadConstant("this needs an installed TornadoVM 5.2, or the JVM device")
        .invokespecial(
            UNSUPPORTED,
            ConstantDescs.INIT_NAME,
            MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_String))
        .athrow();
  }

  /** Files keep their time where nothing changed, so that dependent modules are not recompiled. */
  private static void writeIfChanged(Path file, byte[] bytes) throws IOException {
    if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), bytes)) {
      return;
    }
    Files.createDirectories(file.getParent());
    Files.write(file, bytes);
  }

  private static String sha256(Path file) throws IOException, NoSuchAlgorithmException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }

  private static void require(Path jar, String what, Object expected, Object found) {
    if (!expected.equals(found)) {
      System.err.printf(
          "%s is not the artifact this build knows: %s is %s, expected %s. If"
              + " io.github.beehive-lab:gpu-llama3 was changed on purpose, check its TornadoVM API"
              + " and update build/UnpackApi.java.%n",
          jar, what, found, expected);
      System.exit(1);
    }
  }
}
