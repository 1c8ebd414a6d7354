package io.firesteel.bench.peer;

import io.firesteel.bench.measure.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * llama.cpp's {@code llama-bench}. It decodes at a depth after a computed prompt of that length, as
 * we do; it feeds random tokens instead of sampled ones, so its figures leave out the sampling that
 * is in ours.
 */
public final class LlamaBench implements Peer {
  private final Path program;
  private final OptionalInt threads;
  private String name = "llama.cpp";

  /**
   * The program.
   *
   * @param program {@code llama-bench} itself or the folder that it is in
   * @param threads host threads, where that is to be said
   * @throws IOException if it is not there
   */
  public LlamaBench(Path program, OptionalInt threads) throws IOException {
    this.program = Files.isDirectory(program) ? inFolder(program) : program;
    this.threads = threads;
    if (!Files.isExecutable(this.program)) {
      throw new IOException(
          this.program + " is no program; give llama-bench or the folder it was built in");
    }
  }

  private static Path inFolder(Path folder) {
    Path direct = folder.resolve("llama-bench");
    return Files.exists(direct) ? direct : folder.resolve("build/bin/llama-bench");
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<PeerResult> measure(Path model, Workload workload) throws IOException {
    List<PeerResult> results = new ArrayList<>();
    results.addAll(
        read(
            run(
                model,
                workload.repeats(),
                "-p",
                "0",
                "-n",
                Integer.toString(workload.tokens()),
                "-d",
                joined(workload.contexts()))));
    if (!workload.prefills().isEmpty()) {
      results.addAll(
          read(run(model, workload.repeats(), "-p", joined(workload.prefills()), "-n", "0")));
    }
    return results;
  }

  private static String joined(List<Integer> values) {
    return values.stream().map(Object::toString).collect(Collectors.joining(","));
  }

  private String run(Path model, int repeats, String... test) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(program.toString(), "-m", model.toString(), "-o", "json"));
    command.addAll(List.of("-r", Integer.toString(repeats), "-fa", "1"));
    threads.ifPresent(count -> command.addAll(List.of("-t", Integer.toString(count))));
    command.addAll(List.of(test));
    return new ChildProgram(command).run();
  }

  /**
   * Reads {@code llama-bench -o json}.
   *
   * @throws IOException if it is something else
   */
  List<PeerResult> read(String json) throws IOException {
    List<PeerResult> results = new ArrayList<>();
    try {
      for (JsonNode test : JsonMapper.shared().readTree(json)) {
        name =
            "llama.cpp %s (%s)"
                .formatted(
                    required(test, "build_commit").asString(), test.path("backends").asString(""));
        int prompt = required(test, "n_prompt").asInt();
        double[] rates =
            required(test, "samples_ts").valueStream().mapToDouble(JsonNode::asDouble).toArray();
        results.add(
            prompt > 0
                ? new PeerResult(PeerResult.Kind.PREFILL, prompt, new Samples(rates))
                : new PeerResult(
                    PeerResult.Kind.DECODE, required(test, "n_depth").asInt(), new Samples(rates)));
      }
    } catch (JacksonException e) {
      throw new IOException("llama-bench printed no JSON: " + e.getOriginalMessage(), e);
    }
    return results;
  }

  private static JsonNode required(JsonNode test, String field) throws IOException {
    if (!test.has(field)) {
      throw new IOException(
          "llama-bench printed no field " + field + "; a version that knows depths (-d) is needed");
    }
    return test.get(field);
  }
}
