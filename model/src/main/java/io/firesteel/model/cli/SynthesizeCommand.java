package io.firesteel.model.cli;

import io.firesteel.loader.TensorSpec;
import io.firesteel.loader.file.ByteSize;
import io.firesteel.model.synthetic.Architecture;
import io.firesteel.model.synthetic.Experts;
import io.firesteel.model.synthetic.KnownModels;
import io.firesteel.model.synthetic.Shape;
import io.firesteel.model.synthetic.SyntheticModel;
import io.firesteel.model.synthetic.TypeMix;
import io.firesteel.model.synthetic.Vocabulary;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code firesteel synthesize}: writes a model with random weights of real shapes. */
@Command(
    name = "synthesize",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes a GGUF file with random weights of a real model's shapes and block types, for"
          + " measuring speed without the trained file. The same options give the same bytes.",
      "",
      "The tokenizer comes from --vocab, or from the embedded model; where the model has more"
          + " tokens, unused ones named [PADn] fill up."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel synthesize --list",
      "  firesteel synthesize Qwen3-30B-A3B -o q30.gguf",
      "  firesteel synthesize Qwen3-30B-A3B --dry-run --tensors",
      "  firesteel synthesize Qwen3-8B --mix Q8_0 --vocab Qwen3-0.6B.gguf -o q8.gguf",
      "  firesteel synthesize Qwen3-30B-A3B --layers 4 --experts 16 -o small.gguf",
      "  firesteel synthesize --architecture qwen3 --layers 2 --hidden 512 --heads 8 --kv-heads 2"
          + " -o tiny.gguf"
    })
public final class SynthesizeCommand implements Subcommand {
  @ParentCommand private FiresteelCommand root;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "A known model, see --list; shape options replace its numbers.")
  private String model;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "File to write; default: MODEL-MIX-random.gguf here.")
  private Path output;

  @Option(
      names = "--mix",
      paramLabel = "MIX",
      defaultValue = "Q4_K_M",
      description = "Block types: ${COMPLETION-CANDIDATES}. Default: Q4_K_M.")
  private TypeMix mix;

  @Option(
      names = "--vocab",
      paramLabel = "GGUF",
      description = "File whose tokenizer and chat template are taken over.")
  private Path vocabulary;

  @Option(names = "--seed", defaultValue = "1", description = "Seed of the weights. Default: 1.")
  private long seed;

  @Option(names = "--threads", description = "Threads; default: all cores.")
  private int threads;

  @Option(names = "--overwrite", description = "Replace FILE if it exists.")
  private boolean overwrite;

  @Option(names = "--dry-run", description = "Say what would be written; write nothing.")
  private boolean dryRun;

  @Option(names = "--tensors", description = "List all tensors.")
  private boolean listTensors;

  @Option(names = "--list", description = "List the known models.")
  private boolean listModels;

  @ArgGroup(exclusive = false, heading = "Shape:%n")
  private ShapeOptions shapeOptions = new ShapeOptions();

  @Override
  public Integer call() throws IOException {
    if (listModels) {
      listModels();
      return ExitCode.OK;
    }
    SyntheticModel synthetic = plan();
    Path target = output == null ? defaultOutput(synthetic.shape()) : output;
    describe(synthetic, target);
    if (!dryRun) {
      write(synthetic, target);
    }
    return ExitCode.OK;
  }

  private SyntheticModel plan() throws IOException {
    Vocabulary tokenizer =
        vocabulary == null
            ? Vocabulary.embedded()
            : Vocabulary.of(ModelFile.unpacked(vocabulary, root));
    try {
      Shape shape = model == null ? shapeOptions.shape(tokenizer) : shapeOptions.changed(known());
      return new SyntheticModel(shape, mix, tokenizer, seed);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e.getMessage(), "");
    }
  }

  private Shape known() {
    return KnownModels.find(model)
        .orElseThrow(
            () ->
                CliException.usage(
                    "there is no known model " + model,
                    "known are "
                        + KnownModels.all().stream()
                            .map(Shape::name)
                            .collect(Collectors.joining(", "))
                        + "; or give --architecture and a shape"));
  }

  private Path defaultOutput(Shape shape) {
    String name = shape.name().replaceAll("[^A-Za-z0-9._-]", "_");
    return Path.of("%s-%s-random.gguf".formatted(name, mix));
  }

  private void listModels() {
    Vocabulary tokenizer = Vocabulary.embedded();
    for (Shape shape : KnownModels.all()) {
      long bytes = new SyntheticModel(shape, mix, tokenizer, seed).tensorBytes();
      root.console()
          .out()
          .printf(
              Locale.ROOT,
              "%-20s  %-8s  %2d layers  hidden %4d  %s (%s)%n",
              shape.name(),
              shape.architecture().label(),
              shape.layers(),
              shape.hidden(),
              ByteSize.format(bytes),
              mix);
    }
  }

  private void describe(SyntheticModel synthetic, Path target) {
    PrintStream out = root.console().out();
    if (listTensors) {
      for (TensorSpec tensor : synthetic.tensors()) {
        out.printf(
            "%-34s %-5s %-20s %d%n",
            tensor.name(), tensor.type(), Arrays.toString(tensor.shape()), tensor.bytes());
      }
    }
    out.printf(
        Locale.ROOT,
        "%s: %s, %.2f billion weights in %d tensors, %s (%s)%n",
        target,
        synthetic.shape().name(),
        synthetic.parameters() * 1e-9,
        synthetic.tensors().size(),
        ByteSize.format(synthetic.tensorBytes()),
        synthetic.bytesByType().entrySet().stream()
            .map(entry -> entry.getKey() + " " + ByteSize.format(entry.getValue()))
            .collect(Collectors.joining(", ")));
    out.flush();
  }

  private void write(SyntheticModel synthetic, Path target) throws IOException {
    if (Files.exists(target) && !overwrite) {
      throw CliException.usage(
          target + " exists already", "choose another --output or add --overwrite");
    }
    int workers = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    long start = System.nanoTime();
    synthetic.write(target, workers, root.console().progress());
    double seconds = (System.nanoTime() - start) * 1e-9;
    root.console()
        .err()
        .println(
            root.console()
                .faint(
                    String.format(
                        Locale.ROOT,
                        "%s in %.1f s, %s/s, %d threads",
                        ByteSize.format(synthetic.tensorBytes()),
                        seconds,
                        ByteSize.format((long) (synthetic.tensorBytes() / seconds)),
                        workers)));
  }

  /** The numbers of a shape, each optional. */
  static final class ShapeOptions {
    @Option(
        names = "--architecture",
        paramLabel = "NAME",
        description = "qwen3, qwen3moe, qwen2, qwen2moe or llama.")
    private String architecture;

    @Option(names = "--layers", description = "Transformer layers.")
    private Integer layers;

    @Option(names = "--hidden", description = "Width of the hidden state.")
    private Integer hidden;

    @Option(
        names = "--ffn-width",
        description = "Inner width of a dense layer; default: three times --hidden.")
    private Integer feedForward;

    @Option(names = "--heads", description = "Query heads; default: --hidden / --head-size.")
    private Integer heads;

    @Option(names = "--kv-heads", description = "Key and value heads; default: --heads.")
    private Integer kvHeads;

    @Option(names = "--head-size", description = "Elements of a head; default: 128.")
    private Integer headSize;

    @Option(names = "--experts", description = "Experts in a layer; default: 16.")
    private Integer experts;

    @Option(names = "--experts-used", description = "Experts for a token; default: 4.")
    private Integer expertsUsed;

    @Option(names = "--expert-width", description = "Inner width of an expert; default: --hidden.")
    private Integer expertWidth;

    @Option(
        names = "--shared-width",
        description = "Inner width of the shared expert of qwen2moe; default: --hidden.")
    private Integer sharedWidth;

    @Option(names = "--vocab-size", description = "Tokens; default: those of the tokenizer.")
    private Integer vocabulary;

    @Option(names = "--context", description = "Positions the model is made for; default: 32768.")
    private Integer context;

    @Option(
        names = "--tied",
        negatable = true,
        description = "The embedding table is the output head as well.")
    private Boolean tied;

    @Option(names = "--rope-base", description = "Base of rotary frequencies; default: 1000000.")
    private Double ropeBase;

    /** A shape from the options alone. */
    Shape shape(Vocabulary tokenizer) {
      if (architecture == null) {
        throw CliException.usage(
            "there is neither a known MODEL nor an --architecture",
            "see firesteel synthesize --help");
      }
      Architecture kind = architecture();
      int width = or(hidden, 512);
      int size = or(headSize, 128);
      int queries = or(heads, Math.max(1, width / size));
      return new Shape(
          kind.label() + "-synthetic",
          kind,
          or(layers, 4),
          width,
          or(feedForward, 3 * width),
          queries,
          or(kvHeads, queries),
          size,
          experts(kind, width),
          or(vocabulary, tokenizer.size()),
          or(context, 32_768),
          tied != null && tied,
          kind == Architecture.LLAMA ? 1e-5 : 1e-6,
          ropeBase == null ? 1e6 : ropeBase,
          Optional.empty());
    }

    /** A known shape with the numbers replaced that options give. */
    Shape changed(Shape shape) {
      if (architecture != null) {
        throw CliException.usage(
            shape.name() + " has an architecture already", "leave out --architecture");
      }
      if (shape.experts().isEmpty()
          && (experts != null || expertsUsed != null || expertWidth != null)) {
        throw CliException.usage(shape.name() + " has no experts", "choose another model");
      }
      return new Shape(
          shape.name(),
          shape.architecture(),
          or(layers, shape.layers()),
          or(hidden, shape.hidden()),
          or(feedForward, shape.feedForward()),
          or(heads, shape.heads()),
          or(kvHeads, shape.kvHeads()),
          or(headSize, shape.headSize()),
          shape.experts().map(this::changed),
          or(vocabulary, shape.vocabulary()),
          or(context, shape.context()),
          tied == null ? shape.tied() : tied,
          shape.epsilon(),
          ropeBase == null ? shape.ropeBase() : ropeBase,
          shape.ropeScaling());
    }

    private Architecture architecture() {
      return Architecture.ofLabel(architecture.toLowerCase(Locale.ROOT))
          .orElseThrow(
              () ->
                  CliException.usage(
                      "--architecture " + architecture + " cannot be synthesised",
                      "choose one of "
                          + Arrays.stream(Architecture.values())
                              .map(Architecture::label)
                              .collect(Collectors.joining(", "))));
    }

    private Optional<Experts> experts(Architecture kind, int width) {
      boolean asked = experts != null || expertsUsed != null || expertWidth != null;
      if (!kind.isMixture()) {
        if (asked) {
          throw CliException.usage(kind.label() + " has no experts", "choose qwen3moe or qwen2moe");
        }
        return Optional.empty();
      }
      int count = or(experts, 16);
      int shared = kind.sharesExpert() ? or(sharedWidth, width) : or(sharedWidth, 0);
      return Optional.of(
          new Experts(count, or(expertsUsed, Math.min(4, count)), or(expertWidth, width), shared));
    }

    private Experts changed(Experts known) {
      return new Experts(
          or(experts, known.count()),
          or(expertsUsed, known.used()),
          or(expertWidth, known.width()),
          or(sharedWidth, known.sharedWidth()));
    }

    private static int or(Integer given, int fallback) {
      return given == null ? fallback : given;
    }
  }
}
