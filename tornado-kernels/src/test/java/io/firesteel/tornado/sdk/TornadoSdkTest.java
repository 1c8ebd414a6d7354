package io.firesteel.tornado.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TornadoSdkTest {
  @TempDir Path folder;

  @Test
  void anInstalledSdkIsFoundThroughItsVariable() throws Exception {
    FakeSdk fake = FakeSdk.complete(folder);
    TornadoSettings settings =
        TornadoSettings.of(
            Map.of(), name -> name.equals("TORNADOVM_HOME") ? fake.home().toString() : null);
    TornadoSdk sdk = TornadoSdk.find(settings);
    assertEquals("5.2.0-jdk25", sdk.version());
    assertEquals(List.of("opencl", "ptx"), sdk.backends());
    assertTrue(sdk.preview());
  }

  @Test
  void thePropertyGoesBeforeTheVariable() throws Exception {
    TornadoSettings settings =
        TornadoSettings.of(Map.of("home", "/opt/tornado"), name -> "/usr/share/tornado");
    assertEquals("/opt/tornado", settings.home().orElseThrow().toString());
  }

  @Test
  void withoutAnSdkTheRemedySaysWhatToInstallAndWhatToSet() {
    SdkException refusal = refused(Map.of());
    assertEquals("no TornadoVM is installed or named", refusal.reason());
    assertTrue(refusal.remedy().contains("TornadoVM 5.2.0-jdk25"), refusal.remedy());
    assertTrue(refusal.remedy().contains("TORNADOVM_HOME"), refusal.remedy());
    assertTrue(refusal.remedy().contains("tornado.home"), refusal.remedy());
  }

  @Test
  void aFolderWithoutTornadoIsNamedWithWhereItWasSet() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertEquals(
        "tornado.home in tornado.properties names " + empty + ", which holds no TornadoVM",
        refused(Map.of("home", empty.toString())).reason());
    assertEquals(
        "tornado.home in tornado.properties names /no/such, which is no folder",
        refused(Map.of("home", "/no/such")).reason());
  }

  @ParameterizedTest
  @CsvSource({"5.1.0-jdk25", "5.2.0-jdk21", "6.0.0-jdk25"})
  void anotherVersionIsRefused(String version) throws IOException {
    FakeSdk sdk = FakeSdk.complete(folder).write("etc/tornado.release", "version=" + version);
    SdkException refusal = refused(home(sdk));
    assertTrue(
        refusal.reason().endsWith("is version " + version + ", expected 5.2.x-jdk25"),
        refusal.reason());
  }

  @Test
  void aBackendThatIsNotBuiltInIsRefused() throws IOException {
    FakeSdk sdk =
        FakeSdk.complete(folder).write("etc/tornado.backend", "tornado.backends=opencl-backend");
    SdkException refusal = refused(home(sdk));
    assertTrue(refusal.reason().endsWith("was built with opencl, expected ptx"), refusal.reason());
    assertTrue(refusal.remedy().contains("tornado.backend"), refusal.remedy());
  }

  @Test
  void aMissingNativeLibraryIsNamed() throws IOException {
    FakeSdk sdk = FakeSdk.complete(folder).delete("lib/" + Backend.PTX.library());
    String reason = refused(home(sdk)).reason();
    assertTrue(reason.endsWith("lacks " + sdk.home() + "/lib/libtornado-ptx.so"), reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hom           | /opt  | unknown key tornado.hom              | tornado.home,"
            + " tornado.backend",
        "backend       | cuda  | tornado.backend = cuda               | one of ptx, opencl",
        "device.memory | much  | tornado.device.memory = much         | a size such as 40GB",
        "device.memory | 0GB   | tornado.device.memory = 0GB          | a size such as 40GB",
        "cuda.graphs   | maybe | tornado.cuda.graphs = maybe          | on or off"
      })
  void aWrongSettingIsRefusedWithWhatIsAllowed(
      String key, String value, String reason, String remedy) {
    SdkException refusal = refused(Map.of(key, value));
    assertTrue(refusal.reason().contains(reason), refusal.reason());
    assertTrue(refusal.remedy().contains(remedy), refusal.remedy());
  }

  @Test
  void javaIsStartedWithTheModulesOfOneBackendOnly() throws Exception {
    FakeSdk sdk = FakeSdk.complete(folder);
    List<String> flags = flags(home(sdk));
    String path =
        flags.stream().filter(f -> f.startsWith("--module-path=")).findFirst().orElseThrow();
    assertTrue(path.contains("tornado-drivers-ptx-5.2.0"), path);
    assertTrue(path.contains("tornado-drivers-common"), path);
    assertTrue(path.contains("asm-9.9"), path);
    assertFalse(path.contains("opencl"), path);
    assertFalse(path.contains("unittests"), path);
    assertFalse(path.contains("junit-4"), path);
    assertFalse(path.contains("-jni-"), path);
    assertTrue(flags.contains("--add-exports=a/b=c"), flags.toString());
    assertTrue(flags.contains("--add-exports=a/p=c"), flags.toString());
    assertFalse(flags.contains("--add-exports=a/o=c"), flags.toString());
  }

  @Test
  void compilationNeverFallsBackToTheJvmInSilence() throws Exception {
    assertTrue(flags(home(FakeSdk.complete(folder))).contains("-Dtornado.recover.bailout=False"));
  }

  @Test
  void arraysMayTakeAsMuchMemoryAsTheMachineHas() throws Exception {
    long bytes = HostMemory.machineBytes();
    assertTrue(bytes > 0);
    assertTrue(flags(home(FakeSdk.complete(folder))).contains("-XX:MaxDirectMemorySize=" + bytes));
  }

  @Test
  void previewFeaturesAreEnabledOnlyForAnSdkThatBearsTheirMark() throws Exception {
    FakeSdk sdk = FakeSdk.complete(folder);
    assertTrue(flags(home(sdk)).contains("--enable-preview"));
    sdk.withPreviewMark(false);
    assertFalse(flags(home(sdk)).contains("--enable-preview"));
  }

  @Test
  void deviceMemoryIsLimitedOnlyWhereItIsSet() throws Exception {
    String home = FakeSdk.complete(folder).home().toString();
    assertTrue(flags(Map.of("home", home)).contains("-Dtornado.device.memory=1024GB"));
    assertTrue(
        flags(Map.of("home", home, "device.memory", "40GB"))
            .contains("-Dtornado.device.memory=41943040KB"));
  }

  @Test
  void theLaunchersFileIsEmptyWithoutASuitableSdk() throws IOException {
    Path file = folder.resolve("tornado.properties");
    Files.writeString(file, "tornado.home = /no/such\n");
    assertEquals("", LauncherFlags.text(file, folder));
    FakeSdk sdk = FakeSdk.complete(folder);
    Files.writeString(file, "tornado.home = " + sdk.home() + "\n");
    String options = LauncherFlags.text(file, folder);
    assertTrue(options.contains("\"-XX:+EnableJVMCI\"\n"), options);
    assertTrue(options.contains("\"-Dfiresteel.settings=" + file + "\"\n"), options);
    String path = System.getProperty("java.class.path").replace("\\", "\\\\");
    assertTrue(options.contains("\"--class-path=" + path + "\"\n"), options);
  }

  @Test
  void aJvmWithoutTheModulesIsRefusedWithHowToStartIt() throws Exception {
    TornadoSettings settings = settings(home(FakeSdk.complete(folder)));
    SdkException refusal = assertThrows(SdkException.class, () -> TornadoDevices.query(settings));
    assertEquals("Java was started without TornadoVM's modules", refusal.reason());
    assertTrue(refusal.remedy().contains("./firesteel"), refusal.remedy());
  }

  @Test
  void aProgramOfTheUsersOwnIsToldHowToStartJava() {
    SdkException refusal = assertThrows(SdkException.class, RunningTornado::query);
    assertEquals("Java was started without TornadoVM's modules", refusal.reason());
    assertTrue(refusal.remedy().contains("TornadoVM's own launcher"), refusal.remedy());
  }

  private static Map<String, String> home(FakeSdk sdk) {
    return Map.of("home", sdk.home().toString());
  }

  private static TornadoSettings settings(Map<String, String> tornado) throws SdkException {
    return TornadoSettings.of(tornado, name -> null);
  }

  private List<String> flags(Map<String, String> tornado) throws SdkException {
    return JavaFlags.of(settings(tornado), folder.resolve("patches"));
  }

  private static SdkException refused(Map<String, String> tornado) {
    return assertThrows(SdkException.class, () -> TornadoSdk.find(settings(tornado)));
  }
}
