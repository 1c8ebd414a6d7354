package io.firesteel.model.cli;

import io.firesteel.loader.Gguf;
import io.firesteel.model.TeacherForcing;
import io.firesteel.model.evaluation.Perplexity;
import io.firesteel.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code firesteel perplexity}: how well a model predicts a text. */
@Command(
    name = "perplexity",
    mixinStandardHelpOptions = true,
    description = {
      "Measures how well a model predicts a text, as llama.cpp's tool does: chunks that know"
          + " nothing",
      "of each other, the second half of each scored."
    },
    footer = {"", "Example:", "  firesteel perplexity model.gguf wiki.test.raw --chunk 512"})
public final class PerplexityCommand implements Subcommand {
  private static final int USUAL_CHUNK = 512;

  @ParentCommand private FiresteelCommand root;

  @Parameters(index = "0", paramLabel = "MODEL", description = "GGUF file, also compressed.")
  private Path model;

  @Parameters(index = "1", paramLabel = "FILE", description = "Text in UTF-8.")
  private Path text;

  @Option(names = "--chunk", paramLabel = "N", description = "Tokens of a chunk; default: 512.")
  private Integer chunk;

  @Mixin private ModelArguments arguments;

  @Override
  public Integer call() throws IOException {
    int length = ModelArguments.atLeast("--chunk", 2, chunk, USUAL_CHUNK);
    byte[] bytes = Files.readAllBytes(text);
    try (Gguf file = ModelFile.open(model, root)) {
      Tokenizer tokenizer = Tokenizer.from(file.metadata());
      int[] tokens = tokenizer.encode(bytes, true, false);
      if (tokens.length < length) {
        throw CliException.failure(
            text + " has " + tokens.length + " tokens, fewer than a chunk of " + length,
            "take a longer text or a shorter --chunk");
      }
      int bos = tokenizer.addsBos() ? tokenizer.bosId().orElse(-1) : -1;
      try (TeacherForcing forcing = TeacherForcing.open(file, length, arguments.options(root))) {
        print(
            Perplexity.ofHalves(forcing, tokens, length, bos, root.console().progress()),
            tokens.length / length,
            length);
      }
    }
    return ExitCode.OK;
  }

  private void print(Perplexity perplexity, int chunks, int length) {
    root.console()
        .out()
        .println(
            String.format(
                Locale.ROOT,
                "perplexity %.4f +/- %.4f (%d tokens scored in %d chunks of %d)",
                perplexity.value(),
                perplexity.valueError(),
                perplexity.tokens(),
                chunks,
                length));
  }
}
