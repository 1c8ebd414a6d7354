package io.firesteel.model.cli;

import io.firesteel.model.Chat;
import io.firesteel.model.ChatOptions;
import io.firesteel.model.EmbeddedModel;
import io.firesteel.model.GenerationOptions;
import io.firesteel.model.Model;
import io.firesteel.model.evaluation.Evaluation;
import io.firesteel.model.evaluation.Evaluation.Score;
import io.firesteel.model.evaluation.Evaluation.Verdict;
import io.firesteel.model.evaluation.EvaluationItem;
import io.firesteel.model.template.Message;
import io.firesteel.model.template.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code firesteel evaluate}: scores a model on items with known answers. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    description = {
      "Asks a model questions with known answers, greedily, and prints the share of right ones.",
      "The 360 items that ship with the embedded model are the default."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel evaluate",
      "  firesteel evaluate model.gguf --items my-items.jsonl --json"
    })
public final class EvaluateCommand implements Subcommand {
  private static final int USUAL_TOKENS = 200;
  private static final int USUAL_PARALLEL = 8;

  @ParentCommand private FiresteelCommand root;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "GGUF file, also compressed; default: the embedded model.")
  private Path model;

  @Option(names = "--items", paramLabel = "FILE", description = "Items, one JSON object a line.")
  private Path items;

  @Option(
      names = {"-n", "--tokens"},
      paramLabel = "N",
      description = "Most tokens of an answer; default: 200.")
  private Integer tokens;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      description = "Items asked at a time, in one batch; default: 8.")
  private Integer parallel;

  @Option(names = "--wrong", description = "Print the wrong answers.")
  private boolean wrong;

  @Option(names = "--json", description = "Print one JSON object with every answer.")
  private boolean json;

  @Mixin private ModelArguments arguments;

  @Override
  public Integer call() throws IOException {
    List<EvaluationItem> questions = readItems();
    int atOnce = ModelArguments.atLeast("--parallel", 1, parallel, USUAL_PARALLEL);
    GenerationOptions options =
        GenerationOptions.GREEDY.toBuilder()
            .maxTokens(ModelArguments.atLeast("--tokens", 1, tokens, USUAL_TOKENS))
            .build();
    long start = System.nanoTime();
    try (Model loaded = arguments.load(model, root, atOnce)) {
      Evaluation evaluation =
          Evaluation.run(
              questions, item -> answer(loaded, item, options), atOnce, root.console().progress());
      Duration time = Duration.ofNanos(System.nanoTime() - start);
      if (json) {
        root.console().out().println(toJson(evaluation, loaded, time));
      } else {
        print(evaluation, time);
      }
    }
    return ExitCode.OK;
  }

  private List<EvaluationItem> readItems() throws IOException {
    try (InputStream in =
        items == null ? EmbeddedModel.evaluationItems() : Files.newInputStream(items)) {
      List<EvaluationItem> read =
          EvaluationItem.read(items == null ? "eval.jsonl" : items.toString(), in);
      if (read.isEmpty()) {
        throw CliException.failure(items + " holds no items", "give a file with one a line");
      }
      return read;
    }
  }

  private static String answer(Model model, EvaluationItem item, GenerationOptions options) {
    Tool[] tools = item.tools().valueStream().map(Tool::fromJson).toArray(Tool[]::new);
    ChatOptions chatOptions = ChatOptions.DEFAULT.withTools(tools).withGeneration(options);
    try (Chat chat = model.chat(chatOptions)) {
      item.messages().valueStream().map(Message::fromJson).forEach(chat::add);
      return chat.respond().complete().text();
    }
  }

  private void print(Evaluation evaluation, Duration time) {
    PrintStream out = root.console().out();
    if (wrong) {
      evaluation.verdicts().stream().filter(v -> !v.right()).forEach(v -> out.println(text(v)));
    }
    evaluation.scores().forEach((category, score) -> out.println(line(category, score)));
    out.println(line("all", evaluation.total()));
    root.console()
        .err()
        .println(root.console().faint(String.format(Locale.ROOT, "%.1f s", time.toNanos() * 1e-9)));
  }

  private static String line(String name, Score score) {
    return String.format(
        Locale.ROOT, "%-12s %.3f  %d of %d", name, score.share(), score.right(), score.items());
  }

  private static String text(Verdict verdict) {
    return verdict.item().category()
        + ": "
        + verdict.item().messages()
        + "\n  → "
        + verdict.reply();
  }

  private static String toJson(Evaluation evaluation, Model model, Duration time) {
    JsonMapper mapper = JsonMapper.shared();
    ObjectNode node = mapper.createObjectNode();
    node.put("model", model.config().name());
    node.put("engine", model.engine());
    node.put("device", model.device());
    node.put("seconds", time.toNanos() * 1e-9);
    ObjectNode scores = node.putObject("scores");
    evaluation.scores().forEach((category, score) -> scores.put(category, score.share()));
    scores.put("all", evaluation.total().share());
    var items = node.putArray("items");
    for (Verdict verdict : evaluation.verdicts()) {
      ObjectNode item = items.addObject();
      item.put("category", verdict.item().category());
      item.put("reply", verdict.reply());
      item.put("right", verdict.right());
    }
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(node);
  }
}
