package io.firesteel.ptx.cli;

import io.firesteel.loader.Gguf;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.cli.Console;
import io.firesteel.model.cli.ExitCode;
import io.firesteel.model.cli.FiresteelCommand;
import io.firesteel.model.cli.ModelArguments;
import io.firesteel.model.cli.ModelFile;
import io.firesteel.model.cli.Subcommand;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.ptx.engine.KernelTime;
import io.firesteel.ptx.engine.StepProfiler;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;

/** {@code firesteel profile}: which kernels of the PTX engine a step's time goes to. */
@Command(
    name = "profile",
    mixinStandardHelpOptions = true,
    description = {
      "Times the PTX engine's kernels in a decode or prefill step: microseconds, bytes that must be"
          + " read, and the rate at which they are.",
      "",
      "Each kernel's launches are timed alone, one after the other; in the whole step neighbours"
          + " overlap, so that the parts need not add up to it."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel profile model.gguf --context 0,4096",
      "  firesteel profile model.gguf --rows 16",
      "  firesteel profile model.gguf --prefill 512 --json"
    })
public final class ProfileCommand implements Subcommand {
  @ParentCommand private FiresteelCommand root;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "GGUF file, also compressed; default: the embedded model.")
  private Path model;

  @Option(
      names = {"-c", "--context"},
      split = ",",
      defaultValue = "0",
      paramLabel = "N",
      description = "Positions in the cache before the step; default: ${DEFAULT-VALUE}.")
  private int[] contexts;

  @Option(
      names = "--rows",
      defaultValue = "1",
      paramLabel = "N",
      description = "Sequences that are decoded together; default: ${DEFAULT-VALUE}.")
  private int rows;

  @Option(
      names = "--prefill",
      split = ",",
      paramLabel = "N",
      description = "Tokens of prefill steps to time as well.")
  private int[] prefills = {};

  @Option(
      names = "--kv",
      defaultValue = "f16",
      paramLabel = "FORMAT",
      description = "How keys and values are stored: f16 or q8; default: ${DEFAULT-VALUE}.")
  private KvFormat kvFormat;

  @Option(
      names = "--repeats",
      defaultValue = "20",
      paramLabel = "N",
      description = "Steps to take the mean of; default: ${DEFAULT-VALUE}.")
  private int repeats;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  /** For picocli. */
  public ProfileCommand() {}

  /**
   * The times of one step.
   *
   * @param context positions in the cache before it
   * @param rows rows of the step
   * @param prefill whether they are neighbouring positions of one sequence
   * @param kernels times by kernel, the whole step last
   */
  record Step(int context, int rows, boolean prefill, List<KernelTime> kernels) {}

  /** What is printed as JSON. */
  record Report(String device, List<Step> steps) {}

  @Override
  public Integer call() throws IOException {
    ModelArguments.atLeast("--rows", 1, rows);
    ModelArguments.atLeast("--repeats", 1, repeats);
    IntStream.of(contexts).forEach(context -> ModelArguments.atLeast("--context", 0, context));
    IntStream.of(prefills).forEach(prefill -> ModelArguments.atLeast("--prefill", 1, prefill));
    try (Gguf file = ModelFile.open(model, root);
        StepProfiler profiler =
            StepProfiler.open(ModelWeights.of(file), options(), root.console().progress())) {
      print(new Report(profiler.device(), steps(profiler)));
    }
    return ExitCode.OK;
  }

  private EngineOptions options() {
    int longest = rows * (IntStream.of(contexts).max().orElse(0) + 1);
    int prompt = IntStream.of(prefills).max().orElse(1);
    EngineOptions options = EngineOptions.of(Math.max(longest, prompt), kvFormat);
    int most = Math.max(options.maxRows(), Math.max(rows, prompt));
    return new EngineOptions(
        options.threads(), options.cacheTokens(), kvFormat, options.pageTokens(), most);
  }

  private List<Step> steps(StepProfiler profiler) {
    List<Step> steps = new ArrayList<>();
    for (int context : contexts) {
      steps.add(new Step(context, rows, false, profiler.decode(rows, context + 1, repeats)));
    }
    for (int prefill : prefills) {
      steps.add(new Step(0, prefill, true, profiler.prefill(prefill, repeats)));
    }
    return steps;
  }

  private void print(Report report) {
    Console console = root.console();
    if (json) {
      console.out().println(JsonMapper.shared().writeValueAsString(report));
      return;
    }
    console.out().println(report.device());
    for (Step step : report.steps()) {
      console.out().println();
      console
          .out()
          .println(
              step.prefill()
                  ? "prefill of " + step.rows() + " tokens"
                  : "decode of " + step.rows() + " after " + step.context() + " tokens");
      console.out().println("kernel              launches  µs in all   µs each        MB     GB/s");
      step.kernels().forEach(time -> console.out().println(line(time)));
    }
  }

  private static String line(KernelTime time) {
    return String.format(
        Locale.ROOT,
        "%-20s %7d %10.1f %9.2f %9.1f %8.1f",
        time.kernel(),
        time.launches(),
        time.micros(),
        time.micros() / time.launches(),
        time.bytes() / 1e6,
        time.gigabytesPerSecond());
  }
}
