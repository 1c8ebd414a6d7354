package io.firesteel.model.cli;

import io.firesteel.model.Chat;
import io.firesteel.model.ChatOptions;
import io.firesteel.model.Generation;
import io.firesteel.model.GenerationOptions;
import io.firesteel.model.Model;
import io.firesteel.model.template.NoChatTemplateException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code firesteel chat}: a conversation at the terminal. */
@Command(
    name = "chat",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Talks with a model. Enter sends; a line that ends with \\ goes on in the next one.",
      "Ctrl-C stops the answer, Ctrl-D ends the program; /help lists what else there is."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel chat",
      "  firesteel chat model.gguf --system \"Answer in one sentence.\""
    })
public final class ChatCommand implements Subcommand {
  private static final String HELP =
      """
      /new         forget the conversation
      /save FILE   save the session
      /tokens      tokens in the context
      /help        this list
      /exit        end (Ctrl-D)\
      """;

  @ParentCommand private FiresteelCommand root;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "GGUF file, also compressed; default: the embedded model.")
  private Path model;

  @Option(names = "--system", paramLabel = "TEXT", description = "System message at the beginning.")
  private String system;

  @Option(
      names = "--think",
      negatable = true,
      description = "Tell the chat template to let the model think, or not to.")
  private Boolean think;

  @Option(
      names = {"-n", "--tokens"},
      paramLabel = "N",
      description = "Most tokens of an answer; default: until the model ends.")
  private Integer tokens;

  @Mixin private SamplingArguments sampling;
  @Mixin private ModelArguments arguments;

  @Override
  public Integer call() throws IOException {
    ChatOptions options = options();
    try (Model loaded = arguments.load(model, root);
        ChatTerminal terminal = ChatTerminal.open(root.console())) {
      Chat chat = begin(loaded, options);
      try {
        String line = terminal.read();
        while (line != null && !line.equals("/exit")) {
          chat = handle(line, chat, loaded, options, terminal);
          line = terminal.read();
        }
      } finally {
        chat.close();
      }
    } catch (NoChatTemplateException e) {
      throw CliException.failure(
          "the model has no chat template", "use 'firesteel generate --raw' with it", e);
    }
    return ExitCode.OK;
  }

  private ChatOptions options() {
    GenerationOptions.Builder generation =
        GenerationOptions.builder()
            .sampling(sampling.parameters(ThreadLocalRandom.current().nextLong()));
    if (tokens != null) {
      generation.maxTokens(ModelArguments.atLeast("--tokens", 1, tokens, 1));
    }
    ChatOptions options = ChatOptions.DEFAULT.withGeneration(generation.build());
    return think == null ? options : options.withThinking(think);
  }

  private Chat begin(Model loaded, ChatOptions options) {
    Chat chat = loaded.chat(options);
    return system == null ? chat : chat.system(system);
  }

  private Chat handle(
      String line, Chat chat, Model loaded, ChatOptions options, ChatTerminal terminal) {
    if (line.isBlank()) {
      return chat;
    }
    if (!line.startsWith("/")) {
      answer(line, chat, terminal);
      return chat;
    }
    String[] words = line.strip().split("\\s+", 2);
    switch (words[0]) {
      case "/new" -> {
        chat.close();
        return begin(loaded, options);
      }
      case "/save" -> save(chat, words, terminal);
      case "/tokens" ->
          terminal.say(chat.session().length() + " of " + chat.session().contextLength());
      case "/help" -> terminal.say(HELP);
      default -> terminal.say("unknown: " + words[0] + "; /help lists what there is");
    }
    return chat;
  }

  private void answer(String line, Chat chat, ChatTerminal terminal) {
    try {
      Generation generation = chat.ask(line);
      terminal.whileInterruptible(
          chat::cancel, () -> new AnswerPrinter(root.console()).print(generation));
    } catch (NoChatTemplateException e) {
      throw e;
    } catch (RuntimeException e) {
      // One message that is too long, say, must not end the conversation.
      terminal.say(ErrorText.of(e));
    }
  }

  private static void save(Chat chat, String[] words, ChatTerminal terminal) {
    if (words.length < 2) {
      terminal.say("/save needs a file name");
      return;
    }
    try {
      chat.session().save(Path.of(words[1]));
      terminal.say("saved " + chat.session().length() + " tokens to " + words[1]);
    } catch (IOException | RuntimeException e) {
      terminal.say(ErrorText.of(e));
    }
  }
}
