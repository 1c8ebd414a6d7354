package io.firesteel.tornado.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What is used of TornadoVM's API is there, with the same signatures, both in the copy that is
 * compiled against and in the TornadoVM that the engine is for. The list {@code tornado-5.2.api}
 * holds what of it is used; an installed TornadoVM is compared with it where one is named.
 */
@Tag("tornado")
class ApiDriftTest {
  private static final String LIST = "tornado-5.2.api";

  /** What is asked for by name, since the compile-time API is older. */
  private static final List<String> BY_NAME =
      List.of(
          "uk/ac/manchester/tornado/api/TornadoExecutionPlan.withCUDAGraph:()Luk/ac/manchester/tornado/api/TornadoExecutionPlan;",
          "uk/ac/manchester/tornado/api/TornadoExecutionPlan.withStagedTransfers:()Luk/ac/manchester/tornado/api/TornadoExecutionPlan;");

  private static final int MOST_ARGUMENTS = 15;

  @Test
  void whatIsUsedStandsInTheListOfTornadoVm() throws Exception {
    NavigableSet<String> missing = used();
    missing.removeAll(listed());
    assertEquals(
        List.of(),
        List.copyOf(missing),
        () ->
            "not in "
                + LIST
                + ": if TornadoVM 5.2 has them, add these lines; run with -Ptornado-sdk to see");
  }

  @Test
  void nothingIsListedThatIsNotUsed() throws Exception {
    NavigableSet<String> superfluous = new TreeSet<>(listed());
    superfluous.removeAll(used());
    assertEquals(List.of(), List.copyOf(superfluous), () -> "remove these lines from " + LIST);
  }

  @Test
  void theCompileTimeApiHasWhatIsListed() throws Exception {
    ApiMembers.Source source = path -> getClass().getResourceAsStream("/" + path);
    NavigableSet<String> expected = new TreeSet<>(listed());
    BY_NAME.forEach(expected::remove);
    assertNoneMissing(expected, source, "the API that is compiled against");
  }

  @Test
  void anInstalledTornadoVmHasWhatIsListed() throws Exception {
    TornadoSdk sdk = installed();
    Path jar =
        TornadoSdk.jars(sdk.modules()).stream()
            .filter(j -> j.getFileName().toString().startsWith("tornado-api-"))
            .findFirst()
            .orElseThrow();
    try (JarFile api = new JarFile(jar.toFile())) {
      ApiMembers.Source source =
          path -> {
            ZipEntry entry = api.getEntry(path);
            return entry == null ? null : api.getInputStream(entry);
          };
      assertNoneMissing(listed(), source, jar.toString());
    }
  }

  private static TornadoSdk installed() throws SdkException {
    TornadoSettings settings = TornadoSettings.ofLauncher();
    assumeTrue(
        settings.home().isPresent(),
        "no TornadoVM is named: set TORNADOVM_HOME, or run with -Ptornado-sdk");
    return TornadoSdk.find(settings);
  }

  private static void assertNoneMissing(
      NavigableSet<String> members, ApiMembers.Source source, String where) throws IOException {
    assertFalse(members.isEmpty());
    NavigableSet<String> missing = new TreeSet<>();
    for (String member : members) {
      if (!ApiMembers.exists(member, source)) {
        missing.add(member);
      }
    }
    assertEquals(List.of(), List.copyOf(missing), () -> where + " lacks these");
  }

  /** What the compiled classes use, the warp body of the intrinsics included. */
  private static NavigableSet<String> used() throws IOException, URISyntaxException {
    Path classes =
        Path.of(TornadoSdk.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    NavigableSet<String> used = ApiMembers.usedBy(classes);
    used.addAll(ApiMembers.usedBy(classes.resolveSibling("warp-classes")));
    used.addAll(BY_NAME);
    String functions = "uk/ac/manchester/tornado/api/common/TornadoFunctions$Task";
    for (int n = 1; n <= MOST_ARGUMENTS; n++) {
      String arguments = "Ljava/lang/Object;".repeat(n);
      used.add(functions + n + ".apply:(" + arguments + ")V");
      used.add(
          "uk/ac/manchester/tornado/api/common/TaskPackage.<init>:(Ljava/lang/String;L%s%d;%s)V"
              .formatted(functions, n, arguments));
    }
    return used;
  }

  private static NavigableSet<String> listed() throws IOException {
    try (InputStream in = ApiDriftTest.class.getResourceAsStream(LIST)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new TreeSet<>(text.lines().filter(line -> !line.isBlank()).toList());
    }
  }
}
