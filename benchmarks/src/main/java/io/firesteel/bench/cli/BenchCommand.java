package io.firesteel.bench.cli;

import io.firesteel.bench.measure.CacheFill;
import io.firesteel.bench.measure.RateBenchmark.Repeats;
import io.firesteel.bench.measure.RatePlan;
import io.firesteel.bench.peer.AdaptedProgram;
import io.firesteel.bench.peer.LlamaBench;
import io.firesteel.bench.peer.Peer;
import io.firesteel.model.ModelOptions;
import io.firesteel.model.cli.CliException;
import io.firesteel.model.cli.EngineArguments;
import io.firesteel.model.cli.ExitCode;
import io.firesteel.model.cli.FiresteelCommand;
import io.firesteel.model.cli.ModelArguments;
import io.firesteel.model.cli.Subcommand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
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
    subcommands = BenchOpsCommand.class,
    mixinStandardHelpOptions = true,
    description = {
      "Measures how fast a model decodes and takes prompts, and what the device draws meanwhile:",
      "median and spread of repeated runs, sampling and text output included."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel bench",
      "  firesteel bench model.gguf --engine ptx --context 0,4096,32768 --out ptx.json",
      "  firesteel bench model.gguf --compare ~/llama.cpp/build/bin"
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
      names = {"--context", "--depth"},
      split = ",",
      defaultValue = "0,512",
      paramLabel = "N",
      description = "Positions in the cache before decoding; default: ${DEFAULT-VALUE}.")
  private int[] contexts;

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
      description = "Tokens of the prompts to measure, 0 for none; default: ${DEFAULT-VALUE}.")
  private int[] prefills;

  @Option(
      names = "--batch",
      split = ",",
      defaultValue = "1",
      paramLabel = "N",
      description = "Sessions that decode together; default: ${DEFAULT-VALUE}.")
  private int[] batches;

  @Option(
      names = "--repeats",
      defaultValue = "5",
      paramLabel = "N",
      description = "Counted runs of each kind in a round; default: ${DEFAULT-VALUE}.")
  private int repeats;

  @Option(
      names = "--warmup",
      defaultValue = "1",
      paramLabel = "N",
      description = "Runs of each kind before them that do not count; default: ${DEFAULT-VALUE}.")
  private int warmup;

  @Option(
      names = "--warm-time",
      defaultValue = "3",
      paramLabel = "SECONDS",
      description =
          "How long runs that do not count go on at least, and up to three times as long while Java"
              + " compiles what they run; default: ${DEFAULT-VALUE}.")
  private double warmTime;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description =
          "How often all is measured, in turn with the programs compared; default: 1, or 2 with"
              + " such programs.")
  private Integer rounds;

  @Option(
      names = "--fill",
      defaultValue = "prefill",
      paramLabel = "HOW",
      description =
          "How the cache is filled before decoding: prefill computes all positions, copy copies the"
              + " first page; default: ${DEFAULT-VALUE}.")
  private CacheFill fill;

  @Option(names = "--sampled", description = "Measure decoding with temperature 0.8 too.")
  private boolean sampled;

  @Option(
      names = "--compare",
      paramLabel = "PATH",
      description =
          "llama-bench of a llama.cpp, or the folder it is in: measured on the same file.")
  private Path compare;

  @Option(
      names = "--adapter",
      paramLabel = "FILE",
      description = "Describes another program to measure; may be given several times.")
  private List<Path> adapters = List.of();

  @Mixin private EngineArguments engine;
  @Mixin private RunArguments run;

  FiresteelCommand root() {
    return root;
  }

  @Override
  public Integer call() throws IOException {
    check("--tokens", 1, tokens);
    check("--repeats", 1, repeats);
    check("--warmup", 0, warmup);
    check("--context", 0, contexts);
    check("--prefill", 0, prefills);
    check("--batch", 1, batches);
    ModelOptions options = engine.options(root).build();
    List<Peer> peers = peers(options);
    RatePlan plan =
        new RatePlan(
            RatePlan.list(contexts),
            tokens,
            RatePlan.list(prefills).stream().filter(n -> n > 0).toList(),
            RatePlan.list(batches).stream().filter(n -> n > 1).toList(),
            sampled);
    int turns = ModelArguments.atLeast("--rounds", 1, rounds, peers.isEmpty() ? 1 : 2);
    RateRun rateRun =
        new RateRun(
            root, plan, new Repeats(warmup, warmTime(), repeats), turns, fill, options, run.json());
    run.deliver(rateRun.measure(model, peers, run.provenance(spec, root)), root);
    return ExitCode.OK;
  }

  private Duration warmTime() {
    if (!(warmTime >= 0)) {
      throw CliException.usage("--warm-time is " + warmTime, "give at least 0");
    }
    return Duration.ofNanos((long) (warmTime * 1e9));
  }

  private List<Peer> peers(ModelOptions options) throws IOException {
    if (model == null && (compare != null || !adapters.isEmpty())) {
      throw CliException.usage("there is no file to compare on", "name a model");
    }
    List<Peer> peers = new ArrayList<>();
    if (compare != null) {
      OptionalInt threads =
          options.threads() > 0 ? OptionalInt.of(options.threads()) : OptionalInt.empty();
      peers.add(new LlamaBench(compare, threads));
    }
    for (Path adapter : adapters) {
      peers.add(AdaptedProgram.read(adapter));
    }
    return peers;
  }

  private static void check(String option, int least, int... values) {
    for (int value : values) {
      if (value < least) {
        throw CliException.usage(option + " is " + value, "give at least " + least);
      }
    }
  }
}
