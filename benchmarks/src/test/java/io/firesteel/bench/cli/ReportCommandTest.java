package io.firesteel.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code report} on made-up results, its page looked at in a browser where there is one. */
class ReportCommandTest {
  private static final List<Path> BROWSERS =
      List.of(
          Path.of("/usr/bin/chromium"),
          Path.of("/usr/bin/chromium-browser"),
          Path.of("/usr/bin/google-chrome"));

  @TempDir static Path folder;
  private static String page;

  private static void result(String name, String json) throws IOException {
    Files.writeString(folder.resolve(name), json);
  }

  private static String bench(String engine, String commit, double rate) {
    return """
    {"benchmark": "bench", "date": "2026-11-2%sT00:00:00Z", "commit": "%s", "command": "firesteel bench",
     "model": "Qwen3 <30B>", "engine": "%s", "hardware": {"name": "H100", "driver": "580"},
     "decode": [
       {"context": 0, "tokens": 128, "tokensPerSecond": %s, "spread": 0.005, "samples": [1],
        "shareOfCeiling": 0.613, "watts": 400.25, "joulesPerToken": 0.4125,
        "clockMhz": {"least": 1900, "most": 1980}, "throttling": ["power limit"]},
       {"context": 4096, "tokens": 128, "tokensPerSecond": 800.125, "spread": 0.01, "samples": [1]}],
     "prefill": [{"tokens": 512, "tokensPerSecond": 9000.5, "spread": 0}],
     "peers": [{"name": "llama.cpp abc", "decode":
       [{"context": 0, "tokensPerSecond": 288.75, "spread": 0.01, "ratio": 3.4}]}]}
    """
        .formatted(commit.length(), commit, engine, rate);
  }

  @BeforeAll
  static void makeTheReport() throws IOException {
    result("a.json", bench("ptx", "1111", 900.5));
    result("b.json", bench("ptx", "22222", 987.625));
    result("c.json", bench("tornado", "22222", 321.5));
    result(
        "ops.json",
        """
        {"benchmark": "ops", "date": "2026-11-25T00:00:00Z", "ops": [
          {"op": "attention", "implementation": "ptx", "type": "f16", "shape": "x", "rows": 1, "context": 512,
           "microseconds": 3.25, "gigabytesPerSecond": 900, "shareOfCeiling": 0.3, "nmse": 1e-7},
          {"op": "attention", "implementation": "tornado-java", "type": "f16", "shape": "x", "rows": 1,
           "context": 512, "microseconds": 9.75, "gigabytesPerSecond": 300}]}
        """);
    result(
        "accuracy.json",
        """
        {"benchmark": "accuracy", "date": "2026-11-25T00:00:00Z", "model": "tiny", "engine": "ptx",
         "reference": "cpu", "rows": 100, "topAgreement": 0.985, "divergence": {"mean": 0.00125, "p99": 0.01,
         "max": 0.02}, "nmse": 1e-5, "perplexity": {"value": 5.5}, "referencePerplexity": {"value": 5.25},
         "firstGreedyDifference": null, "passed": true}
        """);
    result(
        "tune.json",
        """
        {"benchmark": "tune", "date": "2026-11-25T00:00:00Z", "model": "tiny", "device": "H100", "ops": [
          {"key": "router.f32", "shape": "128x2048", "times": 48, "javaMicros": 59.5, "ptxMicros": 11.25,
           "shareOfCeiling": 0.03}]}
        """);
    result(
        "later.json",
        """
        {"benchmark": "bench", "date": "2026-11-29T00:00:00Z", "commit": "22222", "model": "Qwen3 <30B>",
         "engine": "ptx", "hardware": {"name": "H100"},
         "prefill": [{"tokens": 4096, "tokensPerSecond": 12000.75, "spread": 0}]}
        """);
    result(
        "default.json",
        """
        {"benchmark": "bench", "date": "2026-11-29T01:00:00Z", "commit": "22222", "model": "Qwen3 <30B>",
         "engine": "tornado", "implementations": {}, "device": "TornadoVM; 340 tasks", "hardware": {"name": "H100"},
         "decode": [{"context": 0, "tokensPerSecond": 493.8125, "spread": 0}]}
        """);
    result(
        "again.json",
        """
        {"benchmark": "bench", "date": "2026-11-29T02:00:00Z", "commit": "22222", "model": "Qwen3 <30B>",
         "engine": "tornado", "implementations": {}, "hardware": {"name": "H100"},
         "decode": [{"context": 0, "tokensPerSecond": 495.5, "spread": 0}]}
        """);
    result(
        "java.json",
        """
        {"benchmark": "bench", "date": "2026-11-29T03:00:00Z", "commit": "22222", "model": "Qwen3 <30B>",
         "engine": "tornado", "implementations": {"attention": "java", "router": "java"},
         "hardware": {"name": "H100"}, "decode": [{"context": 0, "tokensPerSecond": 246.90625, "spread": 0}]}
        """);
    result(
        "ops-tornado.json",
        """
        {"benchmark": "ops", "date": "2026-11-26T00:00:00Z",
         "implementations": [{"name": "tornado-ptx", "timing": "events around each kernel"}], "ops": [
          {"op": "attention", "implementation": "tornado-ptx", "type": "f16", "shape": "x", "rows": 1,
           "context": 512, "microseconds": 6.5, "gigabytesPerSecond": 450}],
         "failures": [{"op": "router", "implementation": "tornado-ptx", "type": "f32", "shape": "x", "rows": 1,
           "context": 0, "reason": "no registers left"}]}
        """);
    result("unrelated.json", "{\"something\": \"else\"}");
    ProgramRun run = ProgramRun.of("report", folder);
    assertEquals(0, run.code(), run.err());
    page = Files.readString(folder.resolve("report.html"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data-value="987.625"     | the newest rate of an engine
          data-value="321.5"       | another engine's
          data-value="288.75"      | another program's
          data-value="800.125"     | a deeper context
          data-value="9000.5"      | prompts
          data-value="12000.75"    | prompts of a later file that has nothing else
          data-value="59.5"        | an op's Java form
          data-value="11.25"       | an op's PTX form
          data-value="0.4125"      | energy
          (61 % of ceiling)        | share of the ceiling
          power limit              | throttling
          data-value="3.25"        | an op by hand
          data-value="9.75"        | the same op in Java
          data-value="6.5"         | the same op by hand in TornadoVM's graph
          data-value="1.5"         | Java against PTX in TornadoVM's graphs
          events around each       | what is timed
          no registers left        | why an op has no time
          tornado, default         | TornadoVM's engine as it comes
          data-value="493.8125"    | its rate
          data-value="0.5"         | its share of the rate of the PTX engine
          tornado, all java        | TornadoVM's engine with Java kernels only
          data-value="0.25"        | its share of the rate of the PTX engine
          relative to llama.cpp    | everybody against another program
          493.8, 495.5             | two runs of the same
          data-value="0.985"       | agreement
          data-value="0.00125"     | divergence
          Qwen3 &lt;30B&gt;        | names that look like markup
          <polyline                | lines of a chart
          History over commits     | two commits
          """)
  void thePageShowsTheResults(String html, String what) {
    assertTrue(page.contains(html), what);
  }

  @Test
  void thePageNeedsNothingElse() {
    assertFalse(page.contains("<script"));
    assertFalse(page.matches("(?s).*(src|href)=\"(?!data:).*"), "links to nothing outside");
    assertTrue(page.contains("name=\"viewport\""));
    assertTrue(page.contains("prefers-color-scheme:dark"));
    assertFalse(page.contains("data-value=\"900.5\""), "an older rate is history");
    assertFalse(page.contains("data-value=\"495.5\""), "a repetition replaces no rate");
  }

  @Test
  void chartsAreFilesToo() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("charts"))) {
      List<Path> charts = files.toList();
      assertTrue(charts.size() >= 8, charts.toString());
      for (Path chart : charts) {
        if (chart.toString().endsWith(".png")) {
          assertTrue(colours(ImageIO.read(chart.toFile())) > 3, chart + " shows something");
        } else {
          assertTrue(Files.readString(chart).startsWith("<svg xmlns="), chart.toString());
        }
      }
    }
  }

  private static long colours(BufferedImage image) {
    return IntStream.range(0, image.getWidth() * image.getHeight())
        .map(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()))
        .distinct()
        .count();
  }

  @ParameterizedTest
  @CsvSource({"1000, light", "1000, dark", "390, light"})
  void aBrowserShowsThePageWithoutComplaint(int width, String scheme) throws Exception {
    Path browser = BROWSERS.stream().filter(Files::isExecutable).findFirst().orElse(null);
    assumeTrue(browser != null, "no Chromium is installed; look at the page in one by hand");
    Path shot = folder.resolve("shot-%d-%s.png".formatted(width, scheme));
    Path log = folder.resolve("browser.log");
    Process process =
        new ProcessBuilder(
                browser.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--enable-logging=stderr",
                "--user-data-dir=" + folder.resolve("profile-" + width + scheme),
                "--blink-settings=preferredColorScheme=" + (scheme.equals("dark") ? 0 : 1),
                "--window-size=" + width + ",1400",
                "--screenshot=" + shot,
                folder.resolve("report.html").toUri().toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the browser ends");
    assertFalse(Files.readString(log).contains("CONSOLE"), Files.readString(log));
    BufferedImage image = ImageIO.read(shot.toFile());
    assertTrue(colours(image) > 20, "the page is not blank");
    int ground = image.getRGB(2, 2) & 0xff;
    assertEquals(scheme.equals("dark"), ground < 64, "ground is " + ground);
  }

  @Test
  void anEmptyFolderIsRefused(@TempDir Path empty) {
    ProgramRun run = ProgramRun.of("report", empty);
    assertEquals(1, run.code());
    assertTrue(run.err().contains("holds no results"), run.err());
  }
}
