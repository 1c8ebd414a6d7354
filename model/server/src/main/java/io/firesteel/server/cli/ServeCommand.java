package io.firesteel.server.cli;

import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import io.firesteel.model.cli.CliException;
import io.firesteel.model.cli.Console;
import io.firesteel.model.cli.ExitCode;
import io.firesteel.model.cli.FiresteelCommand;
import io.firesteel.model.cli.ModelArguments;
import io.firesteel.model.cli.Subcommand;
import io.firesteel.server.ModelServer;
import io.firesteel.server.ServerOptions;
import io.firesteel.server.http.HttpLimits;
import io.firesteel.server.serving.ServedModel;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code firesteel serve}: a model for programs and for a browser. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Serves a model over HTTP to programs that speak OpenAI's or Anthropic's protocol, and a chat"
          + " page to a browser. Its address goes to standard output, a line of JSON for each"
          + " request to standard error."
    },
    footer = {
      "",
      "Paths: /v1/chat/completions /v1/completions /v1/responses /v1/models /v1/messages",
      "       /v1/messages/count_tokens /tokenize /detokenize /health /metrics /",
      "",
      "Examples:",
      "  firesteel serve",
      "  firesteel serve -m Qwen3-30B-A3B-Q4_K_M.gguf --port 9000",
      "  firesteel serve -m model.gguf --host 0.0.0.0 --api-key-file key.txt"
    })
public final class ServeCommand implements Subcommand {
  private static final int CONTEXTS = 4;
  // A logger without a strong reference may be collected together with its level.
  private static final Logger JETTY = Logger.getLogger("org.eclipse.jetty");

  @ParentCommand private FiresteelCommand root;

  @Option(
      names = {"-m", "--model"},
      paramLabel = "MODEL",
      description = "GGUF file, also compressed; default: the embedded model.")
  private Path model;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "Where to listen; default: 127.0.0.1. Another address needs an API key.")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Default: 8080; 0 for any that is free.")
  private int port = ServerOptions.USUAL_PORT;

  @Option(
      names = "--api-key-file",
      paramLabel = "FILE",
      description = "File with the key that clients must show.")
  private Path keyFile;

  @Option(
      names = "--alias",
      paramLabel = "NAME",
      description = "What clients call the model; default: the name in its file.")
  private String alias;

  @Option(
      names = "--running",
      paramLabel = "N",
      description = "Answers computed at a time; default: ${DEFAULT-VALUE}.")
  private int running = 64;

  @Option(
      names = "--waiting",
      paramLabel = "N",
      description = "Answers that may wait beyond those; default: ${DEFAULT-VALUE}.")
  private int waiting = 256;

  @Option(
      names = "--cache",
      paramLabel = "N",
      description = "Tokens that the KV cache holds for all answers; default: 4 contexts.")
  private Integer cache;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Most tokens of an answer; default: as many as the context has.")
  private Integer maxTokens;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Longest time for an answer, waiting included; default: ${DEFAULT-VALUE}.")
  private int timeout = 600;

  @Option(
      names = "--write-timeout",
      paramLabel = "SECONDS",
      description =
          "How long a client may leave its answer unread before it is cut off; default:"
              + " ${DEFAULT-VALUE}.")
  private int writeTimeout = 10;

  @Option(
      names = "--max-body",
      paramLabel = "BYTES",
      description = "Largest request; default: ${DEFAULT-VALUE}.")
  private int maxBody = HttpLimits.DEFAULT.bodyBytes();

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "Open connections at a time; default: ${DEFAULT-VALUE}.")
  private int connections = HttpLimits.DEFAULT.connections();

  @Option(
      names = "--shutdown",
      paramLabel = "SECONDS",
      description = "Time for answers under way to end when stopping; default: ${DEFAULT-VALUE}.")
  private int shutdown = 20;

  @Option(
      names = "--access-log",
      paramLabel = "FILE",
      description = "Where the line for each request goes: a file, - for standard error (default).")
  private String accessLog = "-";

  @Option(names = "--no-access-log", description = "No line for each request.")
  private boolean noAccessLog;

  @Option(names = "--log-prompts", description = "Log what is asked as well.")
  private boolean logPrompts;

  @Mixin private ModelArguments arguments;

  @Override
  public Integer call() throws IOException {
    JETTY.setLevel(Level.WARNING);
    ServerOptions options = options();
    Model loaded = arguments.load(model, root, modelOptions());
    ModelServer server = start(loaded, options);
    CountDownLatch ended = new CountDownLatch(1);
    Thread stop =
        new Thread(
            () -> {
              server.close();
              loaded.close();
              ended.countDown();
            },
            "firesteel stop");
    Runtime.getRuntime().addShutdownHook(stop);
    announce(loaded, server);
    await(ended);
    return ExitCode.OK;
  }

  private static ModelServer start(Model loaded, ServerOptions options) throws IOException {
    try {
      return ModelServer.start(loaded, options);
    } catch (IOException e) {
      loaded.close();
      throw CliException.failure(
          "cannot listen at " + options.address() + ": " + e.getMessage(),
          "choose another --port",
          e);
    }
  }

  private static void await(CountDownLatch ended) {
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void announce(Model loaded, ModelServer server) {
    Console console = root.console();
    console.out().println("http://" + shownHost() + ":" + server.port());
    console.out().flush();
    console
        .err()
        .println(
            console.faint(
                "serving "
                    + server.modelId()
                    + " on engine "
                    + loaded.engine()
                    + ", "
                    + loaded.device()
                    + "; Ctrl-C stops"));
    console.err().flush();
  }

  private String shownHost() {
    return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
  }

  private ModelOptions modelOptions() {
    ModelOptions options = arguments.options(root);
    int context =
        options.contextLength() > 0 ? options.contextLength() : ModelOptions.USUAL_CONTEXT;
    return options.toBuilder()
        .cacheTokens(ModelArguments.atLeast("--cache", 1, cache, CONTEXTS * context))
        .maxAnswers(ModelArguments.atLeast("--running", 1, running, running))
        .maxWaiting(ModelArguments.atLeast("--waiting", 0, waiting, waiting))
        .build();
  }

  private ServerOptions options() throws IOException {
    if (port < 0 || port > 0xFFFF) {
      throw CliException.usage("--port is " + port, "give 0 to 65535");
    }
    try {
      ServedModel.Limits usual = ServedModel.Limits.DEFAULT;
      return new ServerOptions(
          new InetSocketAddress(host, port),
          keyFile == null ? Optional.empty() : Optional.of(key()),
          Optional.ofNullable(alias),
          new HttpLimits(
              connections,
              maxBody,
              HttpLimits.DEFAULT.readTimeout(),
              Duration.ofSeconds(writeTimeout)),
          new ServedModel.Limits(
              ModelArguments.atLeast("--max-tokens", 1, maxTokens, usual.maxTokens()),
              usual.maxChoices(),
              Duration.ofSeconds(timeout)),
          Duration.ofSeconds(shutdown),
          log(),
          logPrompts);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e.getMessage(), "see firesteel serve --help");
    }
  }

  private String key() throws IOException {
    return Files.readString(keyFile).strip();
  }

  private Optional<PrintStream> log() throws IOException {
    if (noAccessLog) {
      return Optional.empty();
    }
    return Optional.of(
        accessLog.equals("-")
            ? root.console().err()
            : new PrintStream(
                new FileOutputStream(accessLog, true), false, StandardCharsets.UTF_8));
  }
}
