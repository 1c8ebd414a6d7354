package io.firesteel.bench;

import io.firesteel.model.Model;
import io.firesteel.model.cli.CliException;
import io.firesteel.model.cli.Console;
import io.firesteel.model.cli.ExitCode;
import io.firesteel.model.cli.FiresteelCommand;
import io.firesteel.model.cli.ModelArguments;
import io.firesteel.model.cli.Subcommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code firesteel bench}: decode and prefill rates. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures how fast a model decodes and takes prompts: median and spread.",
    footer = {
      "",
      "Examples:",
      "  firesteel bench",
      "  firesteel bench model.gguf --engine ptx --depth 0,512,4096 --json"
    })
public final class BenchCommand implements Subcommand {
  @ParentCommand private FiresteelCommand root;
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "GGUF file, also compressed; default: the embedded model.")
  private Path model;

  @Option(
      names = "--depth",
      split = ",",
      defaultValue = "0,512",
      paramLabel = "N",
      description = "Tokens in the context before decoding starts; default: ${DEFAULT-VALUE}.")
  private int[] depths;

  @Option(
      names = {"-n", "--tokens"},
      defaultValue = "128",
      paramLabel = "N",
      description = "Tokens decoded in a run; default: ${DEFAULT-VALUE}.")
  private int tokens;

  @Option(
      names = "--prefill",
      split = ",",
      defaultValue = "512",
      paramLabel = "N",
      description = "Tokens of the prompts to measure; default: ${DEFAULT-VALUE}.")
  private int[] prefills;

  @Option(
      names = "--repeats",
      defaultValue = "5",
      paramLabel = "N",
      description = "Measured runs of each kind; default: ${DEFAULT-VALUE}.")
  private int repeats;

  @Option(names = "--json", description = "Print one JSON object with every sample.")
  private boolean json;

  @Mixin private ModelArguments arguments;

  @Override
  public Integer call() throws IOException {
    check("--tokens", 1, tokens);
    check("--repeats", 1, repeats);
    check("--depth", 0, depths);
    check("--prefill", 1, prefills);
    int needed = Math.max(largest(depths) + tokens + 2, largest(prefills) + 1);
    try (Model loaded = arguments.loadFor(model, root, needed)) {
      BenchReport report = new BenchReport(loaded, spec.commandLine().getParseResult());
      RateBenchmark benchmark = new RateBenchmark(loaded, repeats);
      Console console = root.console();
      for (int depth : depths) {
        Rates rates = benchmark.decode(depth, tokens);
        report.addDecode(depth, tokens, rates);
        print(console, "decode  %6d tokens after %6d".formatted(tokens, depth), rates);
      }
      for (int prefill : prefills) {
        Rates rates = benchmark.prefill(prefill);
        report.addPrefill(prefill, rates);
        print(console, "prefill %6d tokens".formatted(prefill), rates);
      }
      if (json) {
        console.out().println(report.toJson());
      }
    }
    return ExitCode.OK;
  }

  private void print(Console console, String what, Rates rates) {
    String line =
        String.format(
            Locale.ROOT,
            "%-36s %9.1f tok/s  ± %.1f %%",
            what,
            rates.median(),
            rates.spread() * 100);
    (json ? console.err() : console.out()).println(line);
  }

  private static void check(String option, int least, int... values) {
    for (int value : values) {
      if (value < least) {
        throw CliException.usage(option + " is " + value, "give at least " + least);
      }
    }
  }

  private static int largest(int[] values) {
    return Arrays.stream(values).max().orElse(0);
  }
}
