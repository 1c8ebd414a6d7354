package io.firesteel.model.cli;

import io.firesteel.loader.Gguf;
import io.firesteel.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code firesteel tokenize}: text to token ids and back, as a model's own tokenizer does it. */
@Command(
    name = "tokenize",
    mixinStandardHelpOptions = true,
    description = {
      "Reads text from standard input and prints its token ids, separated by blanks.",
      "With --decode, reads ids and prints their text."
    },
    footer = {
      "",
      "Examples:",
      "  printf 'Hello world' | firesteel tokenize model.gguf",
      "  echo 9707 1879 | firesteel tokenize model.gguf --decode",
      "  printf '<|im_start|>user' | firesteel tokenize model.gguf --parse-special"
    })
public final class TokenizeCommand implements Subcommand {
  @ParentCommand private FiresteelCommand root;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "GGUF file, also compressed; default: the embedded model.")
  private Path model;

  @Option(names = "--decode", description = "Turn ids into text.")
  private boolean decode;

  @Option(
      names = "--parse-special",
      description = "Take texts of special tokens, such as <|im_end|>, for those tokens.")
  private boolean parseSpecial;

  @Option(
      names = "--no-bos",
      description =
          "Do not add the tokens that the model wants at the beginning and end, nor take them"
              + " away.")
  private boolean noBos;

  @Override
  public Integer call() throws IOException {
    byte[] input = root.console().in().readAllBytes();
    try (Gguf file = ModelFile.open(model, root)) {
      Tokenizer tokenizer = Tokenizer.from(file.metadata());
      if (decode) {
        printText(tokenizer, ids(input, tokenizer.vocabularySize()));
      } else {
        printIds(tokenizer.encode(input, !noBos, parseSpecial));
      }
    }
    return ExitCode.OK;
  }

  private void printText(Tokenizer tokenizer, int[] ids) {
    PrintStream out = root.console().out();
    out.print(tokenizer.decode(ids, !noBos, true));
    if (root.console().outIsTerminal()) {
      out.println();
    }
  }

  private void printIds(int[] ids) {
    String line = Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" "));
    root.console().out().println(line);
  }

  private static int[] ids(byte[] input, int vocabulary) {
    String text = new String(input, StandardCharsets.UTF_8).strip();
    return text.isEmpty() ? new int[0] : TokenIds.parse(text, "\\s*,\\s*|\\s+", vocabulary);
  }
}
