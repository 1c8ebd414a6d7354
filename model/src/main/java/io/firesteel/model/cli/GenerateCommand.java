package io.firesteel.model.cli;

import io.firesteel.model.Chat;
import io.firesteel.model.ChatOptions;
import io.firesteel.model.GenerationOptions;
import io.firesteel.model.Model;
import io.firesteel.model.Session;
import io.firesteel.model.template.NoChatTemplateException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code firesteel generate}: one answer to one prompt. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Answers a prompt. The answer goes to standard output as it is made, its speed to standard"
          + " error.",
      "A model with a chat template sees the prompt as a user's message; --raw continues the text"
          + " as it is."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel generate -p \"What is 345 + 87?\" --temp 0",
      "  firesteel generate -m model.gguf -p \"Once upon a time\" --raw -n 100",
      "  git diff | firesteel generate -m model.gguf -f - --system \"Review this change.\""
    })
public final class GenerateCommand implements Subcommand {
  @ParentCommand private FiresteelCommand root;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description = "GGUF file, also compressed; default: the embedded model.")
  private Path model;

  @ArgGroup(multiplicity = "1")
  private Prompt prompt;

  /** Where the prompt comes from. */
  static final class Prompt {
    @Option(
        names = {"-p", "--prompt"},
        paramLabel = "TEXT",
        description = "The prompt.")
    private String text;

    @Option(
        names = {"-f", "--file"},
        paramLabel = "FILE",
        description = "Read the prompt from a file, or from standard input for -.")
    private String file;

    String read(Console console) throws IOException {
      if (text != null) {
        return text;
      }
      return file.equals("-")
          ? new String(console.in().readAllBytes(), StandardCharsets.UTF_8)
          : Files.readString(Path.of(file));
    }
  }

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "System message before the prompt.")
  private String system;

  @Option(names = "--raw", description = "Continue the text as it is, without a chat template.")
  private boolean raw;

  @Option(
      names = "--think",
      negatable = true,
      description = "Tell the chat template to let the model think, or not to.")
  private Boolean think;

  @Option(
      names = {"-n", "--tokens"},
      paramLabel = "N",
      description =
          "Most tokens to generate; default: until the model ends or the context is full.")
  private Integer tokens;

  @Option(
      names = "--stop",
      paramLabel = "TEXT",
      description = "End the answer before this text; may be given several times.")
  private List<String> stop = new ArrayList<>();

  @Option(names = "--ignore-eos", description = "Go on after the model's own end tokens.")
  private boolean ignoreEnd;

  @Option(names = "--special", description = "Show control tokens as their texts.")
  private boolean showSpecial;

  @Mixin private SamplingArguments sampling;
  @Mixin private ModelArguments arguments;

  @Override
  public Integer call() throws IOException {
    String text = prompt.read(root.console());
    if (text.isEmpty()) {
      throw CliException.usage("the prompt is empty", "give some text");
    }
    GenerationOptions options = options();
    try (Model loaded = arguments.load(model, root)) {
      if (raw) {
        continueText(loaded, text, options);
      } else {
        answer(loaded, text, options);
      }
    }
    return ExitCode.OK;
  }

  private GenerationOptions options() {
    GenerationOptions.Builder builder =
        GenerationOptions.builder()
            .sampling(sampling.parameters(ThreadLocalRandom.current().nextLong()))
            .stopStrings(stop.toArray(String[]::new))
            .ignoreEnd(ignoreEnd)
            .showSpecial(showSpecial);
    if (tokens != null) {
      builder.maxTokens(ModelArguments.atLeast("--tokens", 1, tokens, 1));
    }
    return builder.build();
  }

  private void continueText(Model loaded, String text, GenerationOptions options) {
    try (Session session = loaded.session()) {
      new AnswerPrinter(root.console()).print(session.prompt(text).generate(options));
    }
  }

  private void answer(Model loaded, String text, GenerationOptions options) {
    ChatOptions chatOptions = ChatOptions.DEFAULT.withGeneration(options);
    try (Chat chat = loaded.chat(think == null ? chatOptions : chatOptions.withThinking(think))) {
      if (system != null) {
        chat.system(system);
      }
      new AnswerPrinter(root.console()).print(chat.ask(text));
    } catch (NoChatTemplateException e) {
      throw CliException.failure(
          "the model has no chat template", "give --raw to continue the text as it is", e);
    }
  }
}
