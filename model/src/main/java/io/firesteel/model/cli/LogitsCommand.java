package io.firesteel.model.cli;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.file.AtomicFile;
import io.firesteel.model.TeacherForcing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code firesteel logits}: what a model expects after each of some tokens, as raw floats. */
@Command(
    name = "logits",
    mixinStandardHelpOptions = true,
    description = {
      "Feeds tokens to a model and writes the logits after each of them:",
      "32-bit little-endian floats, one row of the vocabulary's size a position."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel logits model.gguf --tokens 1,2,3 --out logits.bin",
      "  firesteel logits --tokens 2538,787 --out logits.bin      the embedded model"
    })
public final class LogitsCommand implements Subcommand {
  @ParentCommand private FiresteelCommand root;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "GGUF file, also compressed; default: the embedded model.")
  private Path model;

  @Option(
      names = "--tokens",
      required = true,
      paramLabel = "IDS",
      description = "Ids, as in 1,2,3.")
  private String tokens;

  @Option(
      names = {"-o", "--out"},
      required = true,
      paramLabel = "FILE",
      description = "Where to write the floats.")
  private Path out;

  @Mixin private ModelArguments arguments;

  @Override
  public Integer call() throws IOException {
    try (Gguf file = ModelFile.open(model, root);
        TeacherForcing forcing =
            TeacherForcing.open(file, tokens.split(",", -1).length, arguments.options(root))) {
      int[] ids = TokenIds.parse(tokens, "\\s*,\\s*", forcing.vocabulary());
      long bytes = (long) ids.length * forcing.vocabulary() * Float.BYTES;
      AtomicFile.write(out, bytes, channel -> write(forcing, ids, channel));
      root.console()
          .err()
          .println("%d rows of %d floats in %s".formatted(ids.length, forcing.vocabulary(), out));
    }
    return ExitCode.OK;
  }

  private static void write(TeacherForcing forcing, int[] ids, FileChannel channel)
      throws IOException {
    int vocabulary = forcing.vocabulary();
    ByteBuffer row = ByteBuffer.allocate(vocabulary * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    forcing.read(
        ids,
        (position, logits, offset) -> {
          row.clear();
          row.asFloatBuffer().put(logits, offset, vocabulary);
          while (row.hasRemaining()) {
            channel.write(row);
          }
        });
  }
}
