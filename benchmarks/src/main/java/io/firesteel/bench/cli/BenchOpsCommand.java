package io.firesteel.bench.cli;

import io.firesteel.bench.measure.Meters;
import io.firesteel.bench.measure.RatePlan;
import io.firesteel.bench.op.ModelShape;
import io.firesteel.bench.op.OpCase;
import io.firesteel.bench.op.OpFailure;
import io.firesteel.bench.op.OpProviders;
import io.firesteel.bench.op.OpResults;
import io.firesteel.bench.op.OpRow;
import io.firesteel.bench.op.OpTable;
import io.firesteel.bench.result.DeviceJson;
import io.firesteel.bench.result.Json;
import io.firesteel.loader.TensorType;
import io.firesteel.model.cli.CliException;
import io.firesteel.model.cli.Console;
import io.firesteel.model.cli.ExitCode;
import io.firesteel.model.cli.FiresteelCommand;
import io.firesteel.model.engine.Availability;
import io.firesteel.model.engine.DeviceMeter;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.OpsProvider;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.ops.Op;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firesteel bench ops}: single ops. */
@Command(
    name = "ops",
    mixinStandardHelpOptions = true,
    description = {
      "Times every op in every implementation that can run here (JMH): microseconds by the"
          + " device's",
      "clock, GB/s, share of the read ceiling, and the error against a reference in double"
          + " precision."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel bench ops --shape tiny",
      "  firesteel bench ops --op attention --kv f16,q8 --context 512,32768 --out ops.json",
      "  firesteel bench ops --implementation cpu -- -f 3 -i 10     options after -- are JMH's own"
    })
public final class BenchOpsCommand implements Callable<Integer> {
  private static final TimeValue WARM = TimeValue.milliseconds(500);
  private static final TimeValue SHORT = TimeValue.milliseconds(300);

  @ParentCommand private BenchCommand parent;
  @Spec private CommandSpec spec;

  @Option(names = "--op", split = ",", paramLabel = "OP", description = "Only these ops.")
  private List<String> ops = List.of();

  @Option(
      names = "--implementation",
      split = ",",
      paramLabel = "NAME",
      description = "Only these implementations.")
  private List<String> implementations = List.of();

  @Option(
      names = "--shape",
      split = ",",
      defaultValue = "qwen3-30b-a3b",
      paramLabel = "NAME",
      description =
          "Models whose shapes are taken: qwen3-30b-a3b, qwen3-0.6b, llama-3.2-1b or tiny; default:"
              + " ${DEFAULT-VALUE}.")
  private List<String> shapes;

  @Option(
      names = "--type",
      split = ",",
      defaultValue = "q4_k,q6_k",
      paramLabel = "TYPE",
      description = "Types of the weights; default: ${DEFAULT-VALUE}.")
  private List<String> types;

  @Option(
      names = "--kv",
      split = ",",
      defaultValue = "f16",
      paramLabel = "FORMAT",
      description = "Formats of the cache; default: ${DEFAULT-VALUE}.")
  private List<KvFormat> formats;

  @Option(
      names = "--context",
      split = ",",
      defaultValue = "512,16384",
      paramLabel = "N",
      description = "Positions in the cache; default: ${DEFAULT-VALUE}.")
  private int[] contexts;

  @Option(
      names = "--rows",
      split = ",",
      defaultValue = "1",
      paramLabel = "N",
      description = "Tokens of a step; default: ${DEFAULT-VALUE}.")
  private int[] rows;

  @Parameters(paramLabel = "JMH", description = "Options of JMH, after --.")
  private List<String> jmhWords = List.of();

  @Mixin private RunArguments run;

  @Override
  public Integer call() throws IOException {
    FiresteelCommand root = parent.root();
    Console console = root.console();
    List<OpsProvider> providers = providers(console);
    OpTable table =
        new OpTable(providers, cases(), line -> console.err().println(console.faint(line)));
    OpResults measured;
    try {
      measured = table.measure(jmhOptions(jmhWords));
    } catch (RunnerException e) {
      throw CliException.failure("JMH failed: " + e.getMessage(), "see its output", e);
    }
    ObjectNode result = run.provenance(spec, root).begin("ops");
    describe(result, providers, measured);
    if (!run.json()) {
      new OpPrinter(console.out()).print(result);
    }
    run.deliver(result, root);
    return measured.failures().isEmpty() ? ExitCode.OK : ExitCode.FAILURE;
  }

  private List<OpsProvider> providers(Console console) {
    List<OpsProvider> wanted =
        implementations.isEmpty()
            ? OpProviders.all()
            : implementations.stream().map(BenchOpsCommand::named).toList();
    List<OpsProvider> usable = new ArrayList<>();
    for (OpsProvider provider : wanted) {
      switch (provider.probe()) {
        case Availability.Usable _ -> usable.add(provider);
        case Availability.Refused(String reason, String remedy) ->
            console
                .err()
                .println(
                    console.faint(
                        "not measured: %s: %s (%s)".formatted(provider.name(), reason, remedy)));
      }
    }
    if (usable.isEmpty()) {
      throw CliException.failure(
          "none of the implementations can run here", "see the reasons above");
    }
    return usable;
  }

  private static OpsProvider named(String name) {
    try {
      return OpProviders.named(name);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e.getMessage(), "name one of them");
    }
  }

  private List<OpCase> cases() {
    List<Op> wanted =
        ops.isEmpty() ? List.of(Op.values()) : ops.stream().map(BenchOpsCommand::op).toList();
    List<TensorType> weightTypes = types.stream().map(BenchOpsCommand::type).toList();
    List<OpCase> cases = new ArrayList<>();
    for (String shape : shapes) {
      try {
        cases.addAll(
            OpCase.of(
                ModelShape.named(shape),
                weightTypes,
                formats,
                RatePlan.list(contexts),
                RatePlan.list(rows)));
      } catch (IllegalArgumentException e) {
        throw CliException.usage(e.getMessage(), "name one of them");
      }
    }
    return cases.stream().filter(c -> wanted.contains(c.op())).toList();
  }

  private static Op op(String name) {
    return Arrays.stream(Op.values())
        .filter(op -> op.label().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                CliException.usage(
                    "there is no op \"" + name + "\"",
                    "expected " + Arrays.stream(Op.values()).map(Op::label).toList()));
  }

  private static TensorType type(String name) {
    try {
      return TensorType.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw CliException.usage("there is no type \"" + name + "\"", "as in q4_k, q6_k, q8_0, f16");
    }
  }

  /** JMH's options: those given, and for the others a short run of one fork. */
  static Options jmhOptions(List<String> words) {
    CommandLineOptions given;
    try {
      given = new CommandLineOptions(words.toArray(String[]::new));
    } catch (CommandLineOptionException e) {
      throw CliException.usage("JMH: " + e.getMessage(), "its options are those of its own -h");
    }
    ChainedOptionsBuilder options = new OptionsBuilder().parent(given);
    unless(given.getForkCount(), () -> options.forks(1));
    unless(given.getWarmupIterations(), () -> options.warmupIterations(3));
    unless(given.getWarmupTime(), () -> options.warmupTime(WARM));
    unless(given.getMeasurementIterations(), () -> options.measurementIterations(5));
    unless(given.getMeasurementTime(), () -> options.measurementTime(SHORT));
    unless(given.verbosity(), () -> options.verbosity(VerboseMode.SILENT));
    return options.build();
  }

  private static void unless(Optional<?> given, Runnable usual) {
    if (!given.hasValue()) {
      usual.run();
    }
  }

  private static void describe(ObjectNode result, List<OpsProvider> providers, OpResults measured)
      throws EngineException {
    Map<String, OptionalDouble> ceilings = new TreeMap<>();
    ArrayNode implementations = result.putArray("implementations");
    for (OpsProvider provider : providers) {
      String device = provider.probe() instanceof Availability.Usable(String words) ? words : "";
      int threads = Runtime.getRuntime().availableProcessors();
      try (DeviceMeter meter = Meters.open(provider.name(), device, threads)) {
        ObjectNode node = implementations.addObject();
        node.put("name", provider.name());
        node.put("device", device);
        node.put("timing", provider.timing());
        node.set("hardware", DeviceJson.identity(meter.identity()));
        OptionalDouble ceiling = ceiling(meter);
        Json.put(node, "readCeilingBytesPerSecond", ceiling);
        ceilings.put(provider.name(), ceiling);
      }
    }
    ArrayNode array = result.putArray("ops");
    measured.rows().forEach(row -> put(array.addObject(), row, ceilings.get(row.implementation())));
    if (!measured.failures().isEmpty()) {
      ArrayNode failures = result.putArray("failures");
      measured.failures().forEach(failure -> put(failures.addObject(), failure));
    }
  }

  private static OptionalDouble ceiling(DeviceMeter meter) {
    try {
      return OptionalDouble.of(meter.measureReadCeiling());
    } catch (EngineException e) {
      return OptionalDouble.empty();
    }
  }

  private static void put(ObjectNode node, OpRow row, OptionalDouble ceiling) {
    put(node, row.implementation(), row.wanted());
    node.put("microseconds", row.micros().median());
    node.put("spread", row.micros().spread());
    Json.put(node, "samples", row.micros().values());
    node.put("bytes", row.bytes());
    node.put("gigabytesPerSecond", row.bytesPerSecond() * 1e-9);
    ceiling.ifPresent(bytes -> node.put("shareOfCeiling", row.bytesPerSecond() / bytes));
    Json.put(node, "nmse", row.nmse());
  }

  private static void put(ObjectNode node, OpFailure failure) {
    put(node, failure.implementation(), failure.wanted());
    node.put("reason", failure.reason());
  }

  private static void put(ObjectNode node, String implementation, OpCase wanted) {
    node.put("op", wanted.op().label());
    node.put("implementation", implementation);
    node.put("type", wanted.type().toLowerCase(Locale.ROOT));
    node.put("shape", wanted.shape().name());
    node.put("rows", wanted.rows());
    node.put("context", wanted.context());
  }
}
