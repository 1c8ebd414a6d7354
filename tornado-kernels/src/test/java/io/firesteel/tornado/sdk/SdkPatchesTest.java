package io.firesteel.tornado.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Array;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** TornadoVM's classes as they are after the change, run. */
class SdkPatchesTest {
  @TempDir Path folder;

  private Class<?> changed(SdkPatch patch) throws Exception {
    Path patches = folder.resolve("patches");
    SdkPatches.write(sdk(FakeSdk.complete(folder)), patches);
    Path plain = folder.resolve("plain");
    for (Map.Entry<String, byte[]> entry : FakeRuntime.classes().entrySet()) {
      Path file = plain.resolve(entry.getKey());
      Files.createDirectories(file.getParent());
      Files.write(file, entry.getValue());
    }
    URL[] places = {patches.toUri().toURL(), plain.toUri().toURL()};
    return new URLClassLoader(places, getClass().getClassLoader()).loadClass(patch.type());
  }

  private static TornadoSdk sdk(FakeSdk fake) throws SdkException {
    return TornadoSdk.find(
        TornadoSettings.of(Map.of("home", fake.home().toString()), name -> null));
  }

  @Test
  void aPrebuiltTaskIsEqualToItselfAlone() throws Exception {
    Class<?> type = changed(SdkPatch.EQUAL_TASKS);
    Object task = type.getConstructor().newInstance();
    assertEquals(task, task);
    assertNotEquals(task, type.getConstructor().newInstance());
  }

  @ParameterizedTest
  @CsvSource({"MANY_TASKS, tasks, 4096", "MANY_NODES, nodes, 32768", "MANY_BYTES, code, 1048576"})
  void aGraphHasRoomForAllLayers(SdkPatch patch, String field, int expected) throws Exception {
    Class<?> type = changed(patch);
    Object graph = type.getConstructor().newInstance();
    assertEquals(expected, Array.getLength(type.getField(field).get(graph)));
  }

  @ParameterizedTest
  @CsvSource({"0, false, walk", "1, false, share launch 7", "2, false, walk", "1, true, walk"})
  void aRecordedGraphIsLaunchedAtOnce(int recorded, boolean concurrent, String expected)
      throws Exception {
    Class<?> type = changed(SdkPatch.REPLAY);
    HashMap<Integer, Long> handles = new HashMap<>();
    for (int i = 0; i < recorded; i++) {
      handles.put(7 + i, 1L);
    }
    List<String> done = new ArrayList<>();
    Object interpreter =
        type.getConstructor(HashMap.class, boolean.class, List.class)
            .newInstance(handles, concurrent, done);
    type.getMethod("execute").invoke(interpreter);
    assertEquals(expected, String.join(" ", done));
  }

  @Test
  void javaTakesTheChangedClassesWithThePtxBackendAlone() throws Exception {
    FakeSdk fake = FakeSdk.complete(folder);
    Path patches = folder.resolve("patches");
    String option = "--patch-module=tornado.runtime=" + patches;
    String home = fake.home().toString();
    assertTrue(flags(Map.of("home", home), patches).contains(option));
    assertTrue(
        flags(Map.of("home", home, "backend", "opencl"), patches).stream()
            .noneMatch(flag -> flag.startsWith("--patch-module")));
  }

  private static List<String> flags(Map<String, String> values, Path patches) throws Exception {
    return JavaFlags.of(TornadoSettings.of(values, name -> null), patches);
  }

  @ParameterizedTest
  @EnumSource
  void anSdkWithoutTheClassIsRefused(SdkPatch patch) throws Exception {
    Map<String, byte[]> classes = new HashMap<>(FakeRuntime.classes());
    classes.remove(patch.file());
    SdkException refusal = refusal(classes);
    assertTrue(refusal.reason().contains("TornadoVM lacks " + patch.file()), refusal.reason());
  }

  @ParameterizedTest
  @EnumSource
  void anSdkWithAnotherClassIsRefused(SdkPatch patch) throws Exception {
    Map<String, byte[]> classes = new HashMap<>(FakeRuntime.classes());
    classes.put(patch.file(), classes.get(common()));
    SdkException refusal = refusal(classes);
    assertTrue(refusal.reason().contains(patch.file()), refusal.reason());
    assertTrue(refusal.remedy().contains("5.2.0-jdk25"), refusal.remedy());
  }

  private static String common() {
    return "uk/ac/manchester/tornado/runtime/common/TornadoXPUDevice.class";
  }

  private SdkException refusal(Map<String, byte[]> classes) throws Exception {
    TornadoSdk sdk = sdk(FakeSdk.complete(folder).withRuntime(classes));
    return assertThrows(SdkException.class, () -> SdkPatches.write(sdk, folder.resolve("patches")));
  }
}
