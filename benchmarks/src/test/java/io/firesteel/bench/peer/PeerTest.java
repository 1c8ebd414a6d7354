package io.firesteel.bench.peer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerTest {
  private static final Workload WORKLOAD = new Workload(List.of(0, 512), 16, List.of(128), 2);

  @TempDir Path folder;

  private Path script(String name, String body) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\n" + body);
    assertTrue(file.toFile().setExecutable(true));
    return file;
  }

  private static String test(int prompt, int depth, String samples) {
    return """
    {"build_commit": "abc", "backends": "CUDA", "n_prompt": %d, "n_gen": 16, "n_depth": %d,
     "avg_ts": 1.0, "samples_ns": [1, 2], "samples_ts": [%s]}
    """
        .formatted(prompt, depth, samples);
  }

  @Test
  void llamaBenchIsAskedForTheSameDepthsAndItsSamplesAreRead() throws IOException {
    script(
        "llama-bench",
        """
        echo "$@" >>%s
        case "$*" in
          *"-p 0"*) cat <<E
        [ %s, %s ]
        E
        ;;
          *) cat <<E
        [ %s ]
        E
        ;;
        esac
        """
            .formatted(
                folder.resolve("asked"),
                test(0, 0, "100, 102"),
                test(0, 512, "90, 91"),
                test(128, 0, "5000, 5001")));
    LlamaBench bench = new LlamaBench(folder, OptionalInt.of(3));
    List<PeerResult> results = bench.measure(Path.of("m.gguf"), WORKLOAD);

    assertEquals("llama.cpp abc (CUDA)", bench.name());
    assertEquals(
        List.of(PeerResult.Kind.DECODE, PeerResult.Kind.DECODE, PeerResult.Kind.PREFILL),
        results.stream().map(PeerResult::kind).toList());
    assertEquals(List.of(0, 512, 128), results.stream().map(PeerResult::size).toList());
    assertArrayEquals(new double[] {90, 91}, results.get(1).rates().values());
    assertEquals(
        List.of(
            "-m m.gguf -o json -r 2 -fa 1 -t 3 -p 0 -n 16 -d 0,512",
            "-m m.gguf -o json -r 2 -fa 1 -t 3 -p 128 -n 0"),
        Files.readAllLines(folder.resolve("asked")));
  }

  @Test
  void aProgramThatFailsIsQuoted() throws IOException {
    script("llama-bench", "echo 'no such model' >&2; exit 3\n");
    LlamaBench bench = new LlamaBench(folder, OptionalInt.empty());
    IOException e =
        assertThrows(IOException.class, () -> bench.measure(Path.of("m.gguf"), WORKLOAD));
    assertTrue(e.getMessage().contains("ended with code 3"), e.getMessage());
    assertTrue(e.getMessage().contains("no such model"), e.getMessage());
  }

  @Test
  void anyProgramIsRunForEachSampleAndDepth() throws IOException {
    Path program = script("other", "echo decode at $2: $(( 1000 - $2 )).5 t/s\n");
    Path adapter = folder.resolve("other.properties");
    Files.writeString(
        adapter,
        """
        name = other
        decode.command = %s --depth {context}
        decode.rate = : ([0-9.]+) t/s
        """
            .formatted(program));
    List<PeerResult> results = AdaptedProgram.read(adapter).measure(Path.of("m"), WORKLOAD);
    assertEquals(2, results.size());
    assertArrayEquals(new double[] {1000.5, 1000.5}, results.get(0).rates().values());
    assertArrayEquals(new double[] {488.5, 488.5}, results.get(1).rates().values());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          name = x                                                       | decode.command is missing
          name = x;decode.command = y;decode.rate = [0-9]+               | has no group for the rate
          name = x;decode.command = y;decode.rate = (                    | is no pattern
          name = x;decode.command = y;decode.rate = (.);speed = 3        | key speed is unknown
          """)
  void adaptersThatCannotWorkAreRefused(String lines, String message) throws IOException {
    Path adapter = folder.resolve("bad.properties");
    Files.writeString(adapter, lines.replace(';', '\n'));
    IOException e = assertThrows(IOException.class, () -> AdaptedProgram.read(adapter));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
