package io.firesteel.bench.cli;

import io.firesteel.bench.suite.Bfcl;
import io.firesteel.bench.suite.Gsm8k;
import io.firesteel.bench.suite.HumanEval;
import io.firesteel.bench.suite.IfEval;
import io.firesteel.bench.suite.MmluPro;
import io.firesteel.bench.suite.Records;
import io.firesteel.bench.suite.Sandbox;
import io.firesteel.bench.suite.Share;
import io.firesteel.bench.suite.Suite;
import io.firesteel.bench.suite.SuiteItem;
import io.firesteel.loader.file.Progress;
import io.firesteel.loader.file.Progress.Unit;
import io.firesteel.model.Chat;
import io.firesteel.model.ChatOptions;
import io.firesteel.model.EmbeddedModel;
import io.firesteel.model.GenerationOptions;
import io.firesteel.model.Model;
import io.firesteel.model.cli.CliException;
import io.firesteel.model.cli.ExitCode;
import io.firesteel.model.cli.FiresteelCommand;
import io.firesteel.model.cli.ModelArguments;
import io.firesteel.model.cli.Subcommand;
import io.firesteel.model.evaluation.EvaluationItem;
import io.firesteel.model.template.Message;
import io.firesteel.model.template.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code firesteel evaluate}: scores a model on items with known answers. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Asks a model questions with known answers, greedily, and prints the share of right ones"
          + " with",
      "its 95 % interval. The 360 items that ship with the embedded model are the default;"
          + " published",
      "sets are read from a folder."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel evaluate",
      "  firesteel evaluate model.gguf --items my-items.jsonl --json",
      "  firesteel evaluate model.gguf --suite gsm8k --data gsm8k/ --shots 4 --tier 25 --records"
          + " run.jsonl",
      "  firesteel evaluate model.gguf --suite humaneval --data human-eval/data --run-code"
    })
public final class EvaluateCommand implements Subcommand {
  private static final Duration CODE_LIMIT = Duration.ofSeconds(10);
  private static final int MOST_TOKENS = 1024;
  private static final int USUAL_TOKENS = 200;

  @ParentCommand private FiresteelCommand root;
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "GGUF file, also compressed; default: the embedded model.")
  private Path model;

  @Option(
      names = "--suite",
      defaultValue = "shipped",
      paramLabel = "NAME",
      description =
          "shipped, bfcl, gsm8k, humaneval, ifeval or mmlu-pro; default: ${DEFAULT-VALUE}.")
  private String suiteName;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of the suite's published files.")
  private Path data;

  @Option(
      names = "--items",
      paramLabel = "FILE",
      description = "Own items, one JSON object a line.")
  private Path items;

  @Option(
      names = "--shots",
      defaultValue = "0",
      paramLabel = "N",
      description = "Examples before each question; default: ${DEFAULT-VALUE}.")
  private int shots;

  @Option(
      names = "--tier",
      paramLabel = "PERCENT",
      description =
          "Ask only so much of the suite's usual selection, evenly spread; default: all items.")
  private Integer tier;

  @Option(
      names = {"-n", "--tokens"},
      paramLabel = "N",
      description = "Most tokens of an answer; default: 200, or 1024 for published suites.")
  private Integer tokens;

  @Option(
      names = "--parallel",
      defaultValue = "8",
      paramLabel = "N",
      description = "Items asked at a time, in one batch; default: ${DEFAULT-VALUE}.")
  private int parallel;

  @Option(
      names = "--records",
      paramLabel = "FILE",
      description =
          "Keep what became of each item, one a line; a run that was broken off goes on from"
              + " there.")
  private Path recordFile;

  @Option(
      names = "--run-code",
      description =
          "Run the code that the model writes, in a child process with limits: humaneval needs it.")
  private boolean runCode;

  @Option(names = "--wrong", description = "Print the wrong answers.")
  private boolean wrong;

  @Mixin private ModelArguments arguments;
  @Mixin private RunArguments run;

  @Override
  public Integer call() throws IOException {
    int atOnce = ModelArguments.atLeast("--parallel", 1, parallel, 1);
    ModelArguments.atLeast("--shots", 0, shots, 0);
    Suite suite = suite();
    List<SuiteItem> questions = chosen(suite, read(suite));
    int most =
        ModelArguments.atLeast(
            "--tokens", 1, tokens, suite == Suite.SHIPPED ? USUAL_TOKENS : MOST_TOKENS);
    GenerationOptions options = GenerationOptions.GREEDY.toBuilder().maxTokens(most).build();
    Records records = new Records(Optional.ofNullable(recordFile));
    long start = System.nanoTime();
    try (Model loaded = arguments.load(model, root, atOnce)) {
      ask(loaded, questions, options, atOnce, records);
      ObjectNode result = run.provenance(spec, root).begin("evaluate");
      result.put("model", loaded.config().name());
      result.put("engine", loaded.engine());
      result.put("device", loaded.device());
      result.put("suite", items == null ? suite.label() : items.getFileName().toString());
      result.put("seconds", (System.nanoTime() - start) * 1e-9);
      put(result, records.of(questions));
      if (!run.json()) {
        print(root.console().out(), result);
      }
      run.deliver(result, root);
    }
    return ExitCode.OK;
  }

  private Suite suite() {
    try {
      return Suite.named(suiteName);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e.getMessage(), "name one of them");
    }
  }

  private List<SuiteItem> read(Suite suite) throws IOException {
    if (suite == Suite.SHIPPED) {
      return own();
    }
    if (data == null) {
      throw CliException.usage(
          "--suite " + suite.label() + " needs --data", "name the folder of its published files");
    }
    return switch (suite) {
      case SHIPPED -> own();
      case BFCL -> Bfcl.read(data);
      case IFEVAL -> IfEval.read(data);
      case GSM8K -> Gsm8k.read(data, shots);
      case MMLU_PRO -> MmluPro.read(data, shots);
      case HUMANEVAL -> HumanEval.read(data, sandbox());
    };
  }

  private Sandbox sandbox() throws IOException {
    if (!runCode) {
      throw CliException.usage(
          "humaneval runs code that the model writes", "say --run-code if that is wanted");
    }
    Sandbox sandbox = new Sandbox(CODE_LIMIT);
    sandbox.requireUsable();
    return sandbox;
  }

  private List<SuiteItem> own() throws IOException {
    String name = items == null ? "eval.jsonl" : items.toString();
    try (InputStream in =
        items == null ? EmbeddedModel.evaluationItems() : Files.newInputStream(items)) {
      List<EvaluationItem> read = EvaluationItem.read(name, in);
      if (read.isEmpty()) {
        throw CliException.failure(items + " holds no items", "give a file with one a line");
      }
      List<SuiteItem> own = new ArrayList<>();
      for (int i = 0; i < read.size(); i++) {
        EvaluationItem item = read.get(i);
        own.add(
            new SuiteItem(
                "item-" + i, item.category(), item.messages(), item.tools(), item.check()::passes));
      }
      return own;
    }
  }

  /** Evenly spread over the set, so that all categories are there. */
  private List<SuiteItem> chosen(Suite suite, List<SuiteItem> all) {
    if (tier == null) {
      return all;
    }
    if (tier < 1 || tier > 100) {
      throw CliException.usage("--tier is " + tier, "give 1 to 100");
    }
    int count = Math.min(all.size(), suite.items(tier));
    List<SuiteItem> chosen = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      chosen.add(all.get((int) ((long) i * all.size() / count)));
    }
    return chosen;
  }

  private void ask(
      Model loaded,
      List<SuiteItem> questions,
      GenerationOptions options,
      int atOnce,
      Records records) {
    List<SuiteItem> open = questions.stream().filter(item -> !records.has(item)).toList();
    try (Progress.Task task = root.console().progress().begin("evaluate", Unit.ITEMS, open.size());
        ExecutorService threads = Executors.newFixedThreadPool(atOnce)) {
      List<Future<?>> running = new ArrayList<>();
      for (SuiteItem item : open) {
        running.add(
            threads.submit(
                () -> {
                  records.add(item, answer(loaded, item, options));
                  task.advance(1);
                }));
      }
      running.forEach(EvaluateCommand::finish);
    }
  }

  private static void finish(Future<?> future) {
    try {
      future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the evaluation was interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
  }

  private static String answer(Model model, SuiteItem item, GenerationOptions options) {
    Tool[] tools = item.tools().valueStream().map(Tool::fromJson).toArray(Tool[]::new);
    ChatOptions chatOptions = ChatOptions.DEFAULT.withTools(tools).withGeneration(options);
    try (Chat chat = model.chat(chatOptions)) {
      item.messages().valueStream().map(Message::fromJson).forEach(chat::add);
      return chat.respond().complete().text();
    }
  }

  private static void put(ObjectNode result, List<ObjectNode> records) {
    Share total = new Share(0, 0);
    Map<String, Share> byCategory = new LinkedHashMap<>();
    for (ObjectNode line : records) {
      boolean right = line.path("right").asBoolean();
      total = total.plus(right);
      byCategory.merge(
          line.path("category").asString(),
          new Share(right ? 1 : 0, 1),
          (before, one) -> before.plus(right));
    }
    ObjectNode scores = result.putObject("scores");
    byCategory.forEach((category, share) -> scores.put(category, share.value()));
    scores.put("all", total.value());
    ObjectNode categories = result.putObject("categories");
    byCategory.forEach((category, share) -> put(categories.putObject(category), share));
    put(result.putObject("total"), total);
    ArrayNode array = result.putArray("items");
    records.forEach(array::add);
  }

  private static void put(ObjectNode node, Share share) {
    node.put("right", share.right());
    node.put("items", share.items());
    node.put("share", share.value());
    node.put("low", share.low());
    node.put("high", share.high());
  }

  private void print(PrintStream out, JsonNode result) {
    if (wrong) {
      for (JsonNode item : result.path("items")) {
        if (!item.path("right").asBoolean()) {
          out.println(item.path("id").asString() + " → " + item.path("reply").asString());
        }
      }
    }
    result
        .path("categories")
        .propertyStream()
        .forEach(entry -> print(out, entry.getKey(), entry.getValue()));
    print(out, "all", result.path("total"));
  }

  private static void print(PrintStream out, String name, JsonNode share) {
    out.printf(
        Locale.ROOT,
        "%-12s %.3f  %d of %d  (%.3f to %.3f)%n",
        name,
        share.path("share").asDouble(),
        share.path("right").asInt(),
        share.path("items").asInt(),
        share.path("low").asDouble(),
        share.path("high").asDouble());
  }
}
