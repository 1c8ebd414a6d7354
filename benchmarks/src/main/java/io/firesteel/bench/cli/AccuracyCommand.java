package io.firesteel.bench.cli;

import io.firesteel.bench.accuracy.Chunks;
import io.firesteel.bench.accuracy.EngineLogits;
import io.firesteel.bench.accuracy.LogitFile;
import io.firesteel.bench.accuracy.LogitSource;
import io.firesteel.bench.accuracy.Thresholds;
import io.firesteel.bench.result.FileHash;
import io.firesteel.loader.Gguf;
import io.firesteel.model.EmbeddedModel;
import io.firesteel.model.ModelOptions;
import io.firesteel.model.cli.CliException;
import io.firesteel.model.cli.EngineArguments;
import io.firesteel.model.cli.ExitCode;
import io.firesteel.model.cli.FiresteelCommand;
import io.firesteel.model.cli.ModelArguments;
import io.firesteel.model.cli.ModelFile;
import io.firesteel.model.cli.Subcommand;
import io.firesteel.model.config.Settings;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code firesteel accuracy}: how far an engine's results are from a reference's. */
@Command(
    name = "accuracy",
    mixinStandardHelpOptions = true,
    description = {
      "Feeds a text to an engine and to a reference and compares what they expect next, over the"
          + " full",
      "vocabulary: top-1 agreement, KL divergence, perplexity of both, NMSE, first difference of",
      "greedy decoding. Exit code 3 if the thresholds are not met."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel accuracy --engine ptx                        the embedded model, against the"
          + " CPU",
      "  firesteel accuracy model.gguf --write-reference cpu.logits",
      "  firesteel accuracy model.gguf --engine ptx --reference cpu.logits --out ptx-accuracy.json",
      "  firesteel accuracy model.gguf --reference base.kld     written by llama-perplexity"
    })
public final class AccuracyCommand implements Subcommand {
  private static final String CPU = "cpu";

  @ParentCommand private FiresteelCommand root;
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "GGUF file, also compressed; default: the embedded model.")
  private Path model;

  @Option(
      names = "--reference",
      defaultValue = CPU,
      paramLabel = "WHAT",
      description =
          "cpu, another engine, or a file of logits, ours or llama.cpp's; default:"
              + " ${DEFAULT-VALUE}.")
  private String reference;

  @Option(
      names = "--write-reference",
      paramLabel = "FILE",
      description =
          "Write the engine's logits to a file instead of comparing them; in llama.cpp's format if"
              + " its name ends in .kld.")
  private Path write;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description = "Text in UTF-8; default: a text that ships with the embedded model.")
  private Path text;

  @Option(
      names = "--chunk",
      defaultValue = "512",
      paramLabel = "N",
      description =
          "Tokens of a chunk, the second half of which is scored; default: ${DEFAULT-VALUE}.")
  private int chunk;

  @Option(
      names = "--chunks",
      defaultValue = "4",
      paramLabel = "N",
      description = "Chunks of the text that are taken; default: ${DEFAULT-VALUE}.")
  private int chunks;

  @Option(
      names = "--greedy",
      defaultValue = "64",
      paramLabel = "N",
      description = "Tokens that are drawn greedily and compared; default: ${DEFAULT-VALUE}.")
  private int greedy;

  @Option(
      names = "--probe",
      split = ",",
      paramLabel = "N",
      description =
          "Lengths of long contexts with a fact to recall, such as 4096,16384,32768; the reference"
              + " must be an engine.")
  private int[] probes = {};

  @Option(
      names = "--min-top1",
      defaultValue = "0.97",
      paramLabel = "SHARE",
      description = "Least top-1 agreement; default: ${DEFAULT-VALUE}.")
  private double minTop;

  @Option(
      names = "--max-kl",
      defaultValue = "0.05",
      paramLabel = "NATS",
      description = "Largest mean KL divergence; default: ${DEFAULT-VALUE}.")
  private double maxDivergence;

  @Option(
      names = "--reference-kv",
      defaultValue = "f32",
      paramLabel = "FORMAT",
      description = "How the reference engine stores keys and values; default: ${DEFAULT-VALUE}.")
  private KvFormat referenceKv;

  @Mixin private EngineArguments engine;
  @Mixin private RunArguments run;

  @Override
  public Integer call() throws IOException {
    ModelArguments.atLeast("--chunk", 4, chunk);
    ModelArguments.atLeast("--chunks", 1, chunks);
    ModelArguments.atLeast("--greedy", 1, greedy);
    for (int probe : probes) {
      ModelArguments.atLeast("--probe", 64, probe);
    }
    try (Gguf file = ModelFile.open(model, root)) {
      return write == null ? compare(file) : write(file);
    }
  }

  private int write(Gguf file) throws IOException {
    Chunks passage = passage(file);
    try (LogitSource source =
        new EngineLogits(file, positions(passage), engine.options(root).build())) {
      LogitFile.Format format =
          write.toString().endsWith(".kld") ? LogitFile.Format.LLAMA_CPP : LogitFile.Format.EXACT;
      int[] drawn = source.greedy(prompt(passage), greedy);
      LogitFile.write(write, format, passage, source, drawn);
      root.console()
          .err()
          .println(
              "%d rows of %d logits in %s"
                  .formatted(passage.count() * passage.scored(), source.vocabulary(), write));
    }
    return ExitCode.OK;
  }

  private int compare(Gguf file) throws IOException {
    Path stored = Path.of(reference);
    boolean isFile = Files.isRegularFile(stored);
    if (!isFile && (reference.contains("/") || reference.contains("."))) {
      throw CliException.usage(
          "--reference " + reference + " does not exist", "name an engine or a file of logits");
    }
    if (isFile && probes.length > 0) {
      throw CliException.usage(
          "--probe needs a reference that computes", "leave it out or name an engine");
    }
    Tokenizer tokenizer = Tokenizer.from(file.metadata());
    try (LogitSource expected = isFile ? LogitFile.open(stored, bos(tokenizer)) : engine(file)) {
      Chunks passage =
          expected instanceof LogitFile logits ? logits.chunks().first(chunks) : passage(file);
      try (EngineLogits actual =
          new EngineLogits(file, positions(passage), engine.options(root).build())) {
        requireSameVocabulary(expected, actual);
        ObjectNode result = run.provenance(spec, root).begin("accuracy");
        describe(result, file, expected, actual, passage);
        Thresholds thresholds = new Thresholds(minTop, maxDivergence);
        AccuracyRun accuracy = new AccuracyRun(expected, actual, passage, thresholds);
        accuracy.compare(result, prompt(passage), greedy, root.console().progress());
        accuracy.probe(result, tokenizer, text(), probes);
        boolean passed = accuracy.judge(result);
        new AccuracyTable(run.json() ? root.console().err() : root.console().out()).print(result);
        run.deliver(result, root);
        return passed ? ExitCode.OK : ExitCode.BELOW_THRESHOLD;
      }
    }
  }

  private EngineLogits engine(Gguf file) throws IOException {
    ModelOptions options = engine.options(root).engine(reference).kvFormat(referenceKv).build();
    return new EngineLogits(file, positions(passage(file)), options);
  }

  private static void requireSameVocabulary(LogitSource expected, LogitSource actual) {
    if (expected.vocabulary() != actual.vocabulary()) {
      throw CliException.failure(
          "%s has logits of %d tokens, the model %d"
              .formatted(expected.name(), expected.vocabulary(), actual.vocabulary()),
          "give a reference of the same model");
    }
  }

  private Chunks passage(Gguf file) throws IOException {
    Tokenizer tokenizer = Tokenizer.from(file.metadata());
    int[] tokens = tokenizer.encode(text(), true, false);
    if (tokens.length < chunk) {
      throw CliException.failure(
          "the text has " + tokens.length + " tokens, fewer than a chunk of " + chunk,
          "take a longer text or a shorter --chunk");
    }
    return new Chunks(tokens, chunk, bos(tokenizer)).first(chunks);
  }

  private static int bos(Tokenizer tokenizer) {
    return tokenizer.addsBos() ? tokenizer.bosId().orElse(-1) : -1;
  }

  private String text() throws IOException {
    if (text != null) {
      return Files.readString(text);
    }
    try (InputStream in = EmbeddedModel.heldOutText()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The first half of the first chunk. */
  private static int[] prompt(Chunks passage) {
    return Arrays.copyOf(passage.chunk(0), passage.length() / 2);
  }

  private int positions(Chunks passage) {
    int longest = Arrays.stream(probes).max().orElse(0) + AccuracyRun.PROBE_ANSWER;
    return Math.max(Math.max(passage.length(), passage.length() / 2 + greedy), longest);
  }

  private void describe(
      ObjectNode result, Gguf file, LogitSource expected, LogitSource actual, Chunks passage)
      throws IOException {
    Settings settings = root.settings();
    result.put("model", file.metadata().string("general.name", file.name()));
    ObjectNode hash = result.putObject("file");
    hash.put(
        "name",
        file.files().isEmpty() ? file.name() : file.files().getFirst().getFileName().toString());
    hash.put("bytes", file.fileSize());
    hash.put("sha256", FileHash.of(file, root.console().progress()));
    result.put("engine", actual.name());
    result.put("reference", expected.name());
    RateReport.describeChoices(result, settings.implementations());
    result.put("chunk", passage.length());
    result.put("chunks", passage.count());
    result.put("text", text == null ? "embedded" : text.getFileName().toString());
    ObjectNode thresholds = result.putObject("thresholds");
    thresholds.put("topAgreement", minTop);
    thresholds.put("meanDivergence", maxDivergence);
  }
}
