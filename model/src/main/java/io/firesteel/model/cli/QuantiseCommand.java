package io.firesteel.model.cli;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.TensorType;
import io.firesteel.loader.blocks.BlockCodec;
import io.firesteel.loader.blocks.Requantiser;
import io.firesteel.loader.file.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code firesteel quantise}: rewrites a model with other block types. */
@Command(
    name = "quantise",
    aliases = "quantize",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes a model again with all weight matrices in one block type. Norms, biases and routers"
          + " stay as they are.",
      "",
      "From F32, F16 or BF16 nothing is lost but what the new type cannot hold; a model that is"
          + " quantised already also keeps the errors that it has."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel quantise model-f16.gguf --type q4_k -o model-q4_k.gguf",
      "  firesteel quantise --type f32 -o embedded-f32.gguf     the embedded model, dequantised"
    })
public final class QuantiseCommand implements Subcommand {
  @ParentCommand private FiresteelCommand root;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "GGUF file, also compressed; default: the embedded model.")
  private Path model;

  @Option(
      names = "--type",
      required = true,
      paramLabel = "TYPE",
      description = "Block type, such as q4_k, q6_k, q8_0, f16 or f32.")
  private String type;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "File to write.")
  private Path output;

  @Option(names = "--overwrite", description = "Replace FILE if it exists.")
  private boolean overwrite;

  @Override
  public Integer call() throws IOException {
    TensorType target = type();
    if (Files.exists(output) && !overwrite) {
      throw CliException.usage(
          output + " exists already", "choose another --output or add --overwrite");
    }
    try (Gguf source = ModelFile.open(model, root)) {
      write(source, target);
    }
    return ExitCode.OK;
  }

  private void write(Gguf source, TensorType target) throws IOException {
    try {
      new Requantiser(source, root.console().progress()).writeAs(target, output);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e.getMessage(), "choose another --type");
    }
    root.console()
        .out()
        .printf(
            Locale.ROOT,
            "%s: %s in %s, %s before%n",
            output,
            ByteSize.format(Files.size(output)),
            target,
            ByteSize.format(source.fileSize()));
  }

  private TensorType type() {
    return Arrays.stream(TensorType.values())
        .filter(QuantiseCommand::canBeWritten)
        .filter(candidate -> candidate.name().equalsIgnoreCase(type))
        .findFirst()
        .orElseThrow(
            () ->
                CliException.usage(
                    "--type " + type + " cannot be written",
                    "choose one of "
                        + Arrays.stream(TensorType.values())
                            .filter(QuantiseCommand::canBeWritten)
                            .map(TensorType::name)
                            .collect(Collectors.joining(", "))));
  }

  private static boolean canBeWritten(TensorType candidate) {
    return candidate.isReadable() && BlockCodec.of(candidate).quantises();
  }
}
