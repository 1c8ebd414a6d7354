package io.firesteel.tornado.cli;

import io.firesteel.loader.Gguf;
import io.firesteel.model.arch.ModelConfig;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.cli.CliException;
import io.firesteel.model.cli.Console;
import io.firesteel.model.cli.ExitCode;
import io.firesteel.model.cli.FiresteelCommand;
import io.firesteel.model.cli.ModelArguments;
import io.firesteel.model.cli.ModelFile;
import io.firesteel.model.cli.Subcommand;
import io.firesteel.model.engine.DeviceMeter;
import io.firesteel.model.engine.DeviceMeterProvider;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.tornado.engine.Form;
import io.firesteel.tornado.engine.TornadoOps;
import io.firesteel.tornado.sdk.SdkException;
import io.firesteel.tornado.sdk.TornadoDevices;
import io.firesteel.tornado.sdk.TornadoSettings;
import io.firesteel.tornado.tune.CallShape;
import io.firesteel.tornado.tune.ModelCalls;
import io.firesteel.tornado.tune.OpTuner;
import io.firesteel.tornado.tune.TuneReport;
import io.firesteel.tornado.tune.TunedOp;
import io.firesteel.tornado.tune.TunedProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.ServiceLoader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code firesteel tune}: which form of each op is faster for a model on this device. */
@Command(
    name = "tune",
    mixinStandardHelpOptions = true,
    description = {
      "Measures every op of a model on TornadoVM's device, as Java kernel and as hand-written PTX,"
          + " and writes the faster forms into the settings file.",
      "",
      "Comments and order of the file survive. Each op is timed alone by the device's clock, with"
          + " weights that no cache holds."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel tune --model Qwen3-30B-A3B-Q4_K_M.gguf",
      "  firesteel tune --model model.gguf --context 4096 --dry-run --json"
    })
public final class TuneCommand implements Subcommand {
  private static final int PAGE_TOKENS = 16;

  @ParentCommand private FiresteelCommand root;
  @Spec private CommandSpec spec;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "FILE",
      description = "GGUF file, also compressed; default: the embedded model.")
  private Path model;

  @Option(
      names = {"-c", "--context"},
      defaultValue = "1024",
      paramLabel = "N",
      description = "Positions in the cache; default: ${DEFAULT-VALUE}.")
  private int context;

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
      description = "Runs to take the median of; default: ${DEFAULT-VALUE}.")
  private int repeats;

  @Option(names = "--dry-run", description = "Measure, but leave the settings file as it is.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "Write the measurements as JSON to this file too.")
  private Path out;

  @Option(
      names = "--commit",
      defaultValue = "unknown",
      paramLabel = "ID",
      description = "Commit of the program to record in the JSON; default: ${DEFAULT-VALUE}.")
  private String commit;

  /** For picocli. */
  public TuneCommand() {}

  @Override
  public Integer call() throws IOException, EngineException {
    ModelArguments.atLeast("--context", 1, context);
    ModelArguments.atLeast("--repeats", 1, repeats);
    TornadoDevices devices = devices();
    TuneReport report;
    try (Gguf file = ModelFile.open(model, root)) {
      ModelWeights weights = ModelWeights.of(file);
      report = measure(weights, devices);
    }
    print(report);
    if (out != null) {
      Files.writeString(out, text(report) + "\n");
    }
    if (!dryRun) {
      write(report);
    }
    return report.failures().isEmpty() ? ExitCode.OK : ExitCode.FAILURE;
  }

  private TornadoDevices devices() {
    try {
      return TornadoDevices.query(TornadoSettings.of(root.settings().engineSettings()));
    } catch (SdkException e) {
      throw CliException.failure(e.reason(), e.remedy(), e);
    }
  }

  private TuneReport measure(ModelWeights weights, TornadoDevices devices) throws EngineException {
    ModelConfig config = weights.config();
    KvLayout layout =
        new KvLayout(kvFormat, config.heads().keyValues(), config.heads().size(), PAGE_TOKENS);
    int units = devices.first().computeUnits();
    List<TunedOp> ops = new ArrayList<>();
    try (TornadoOps java = new TornadoOps(Form.JAVA, devices.backend(), units);
        TornadoOps ptx = new TornadoOps(Form.PTX, devices.backend(), units)) {
      OpTuner tuner = new OpTuner(java, ptx, repeats);
      for (CallShape shape : ModelCalls.of(weights, layout, context)) {
        root.console().err().println(root.console().faint("measuring " + shape.key()));
        ops.add(tuner.measure(shape));
      }
    }
    return new TuneReport(config.name(), devices.describe(), ceiling(devices), ops);
  }

  private static OptionalDouble ceiling(TornadoDevices devices) throws EngineException {
    for (DeviceMeterProvider provider : ServiceLoader.load(DeviceMeterProvider.class)) {
      Optional<DeviceMeter> opened = provider.open("tornado", devices.describe(), 1);
      if (opened.isPresent()) {
        try (DeviceMeter meter = opened.get()) {
          return OptionalDouble.of(meter.measureReadCeiling());
        }
      }
    }
    return OptionalDouble.empty();
  }

  private void print(TuneReport report) {
    Console console = root.console();
    if (json) {
      console.out().println(text(report));
    } else {
      report.table().forEach(console.out()::println);
    }
  }

  private String text(TuneReport report) {
    List<String> words = spec.root().commandLine().getParseResult().originalArgs();
    Map<String, Object> result = RunHeader.of("tune", words, commit);
    result.putAll(report.json());
    return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(result);
  }

  private void write(TuneReport report) throws IOException {
    Path file = root.settingsFile();
    String text = Files.exists(file) ? Files.readString(file) : "";
    String source = report.model() + " on " + report.device();
    Files.writeString(file, TunedProperties.rewrite(text, report.winners(), source));
    root.console().err().println(report.winners().size() + " choices written into " + file);
  }
}
