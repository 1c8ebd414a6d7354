package io.firesteel.bench.cli;

import io.firesteel.bench.accuracy.Thresholds;
import io.firesteel.bench.gate.Areas;
import io.firesteel.bench.gate.ContextRatio;
import io.firesteel.bench.gate.GateException;
import io.firesteel.bench.gate.Outcome;
import io.firesteel.bench.gate.RateFile;
import io.firesteel.bench.gate.Verdict;
import io.firesteel.bench.result.FileHash;
import io.firesteel.bench.result.GitCheckout;
import io.firesteel.bench.result.Json;
import io.firesteel.model.cli.CliException;
import io.firesteel.model.cli.ExitCode;
import io.firesteel.model.cli.FiresteelCommand;
import io.firesteel.model.cli.Subcommand;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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

/** {@code firesteel gate}: is a change an improvement? */
@Command(
    name = "gate",
    mixinStandardHelpOptions = true,
    description = {
      "Judges a candidate's decode rates against a baseline's: XS from 2 %, S 3.5 %, M 6 %, L 10"
          + " %,",
      "XL 18 % at the best context; REJECT (exit code 3) if any context falls below 98 % or"
          + " accuracy is",
      "outside of its thresholds; BASELINE if there is no baseline file yet."
    },
    footer = {
      "",
      "Examples:",
      "  firesteel gate before.json after.json --accuracy accuracy.json",
      "  firesteel gate before.json after.json --diff           names the areas changed between"
          + " them"
    })
public final class GateCommand implements Subcommand {
  @ParentCommand private FiresteelCommand root;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "BASELINE", description = "Result of 'bench'.")
  private Path baseline;

  @Parameters(index = "1", paramLabel = "CANDIDATE", description = "Result of 'bench'.")
  private Path candidate;

  @Option(
      names = "--accuracy",
      paramLabel = "FILE",
      description = "Result of 'accuracy' for the candidate.")
  private Path accuracy;

  @Option(
      names = "--diff",
      arity = "0..1",
      fallbackValue = "",
      paramLabel = "RANGE",
      description =
          "Name the areas that a git range changes; default: from the baseline's commit to the"
              + " candidate's.")
  private String diff;

  @Option(
      names = "--min-top1",
      defaultValue = "0.97",
      paramLabel = "SHARE",
      description = "Least top-1 agreement; default: ${DEFAULT-VALUE}.")
  private double minTop;

  @Option(
      names = "--max-kl",
      defaultValue = "0.05",
      paramLabel = "NATS",
      description = "Largest mean KL divergence; default: ${DEFAULT-VALUE}.")
  private double maxDivergence;

  @Mixin private RunArguments run;

  @Override
  public Integer call() throws IOException {
    RateFile after = RateFile.read(candidate);
    List<String> inaccuracies = accuracy == null ? List.of() : inaccuracies(after);
    Verdict verdict;
    Optional<RateFile> before =
        Files.exists(baseline) ? Optional.of(RateFile.read(baseline)) : Optional.empty();
    try {
      verdict =
          before.isPresent()
              ? Verdict.of(before.get(), after, inaccuracies)
              : Verdict.withoutBaseline(inaccuracies);
    } catch (GateException e) {
      throw CliException.failure(e.getMessage(), "");
    }
    ObjectNode result = run.provenance(spec, root).begin("gate");
    put(result, verdict);
    hash(result, "baseline", before.isPresent() ? baseline : null);
    hash(result, "candidate", candidate);
    hash(result, "accuracy", accuracy);
    if (diff != null) {
      ArrayNode areas = result.putArray("areas");
      areas(before, after).forEach(areas::add);
    }
    if (!run.json()) {
      print(root.console().out(), verdict, result);
    }
    run.deliver(result, root);
    return verdict.outcome() == Outcome.REJECT ? ExitCode.BELOW_THRESHOLD : ExitCode.OK;
  }

  private List<String> inaccuracies(RateFile after) throws IOException {
    JsonNode result = Json.read(accuracy);
    if (!result.path("benchmark").asString("").equals("accuracy")) {
      throw new IOException(accuracy + " is no result of 'firesteel accuracy'");
    }
    String file = result.path("file").path("sha256").asString("");
    if (!file.equals(after.conditions().get("model file"))) {
      throw CliException.failure(
          accuracy + " is about another model file than " + candidate,
          "measure both on the same file");
    }
    String engine = result.path("engine").asString("");
    if (!engine.equals(after.conditions().get("engine"))) {
      throw CliException.failure(
          "%s is about engine %s, %s about %s"
              .formatted(accuracy, engine, candidate, after.conditions().get("engine")),
          "measure both with the same engine");
    }
    Thresholds thresholds = new Thresholds(minTop, maxDivergence);
    List<String> violations =
        new ArrayList<>(
            thresholds.violations(
                "text",
                result.path("topAgreement").asDouble(Double.NaN),
                result.path("divergence").path("mean").asDouble(Double.NaN)));
    for (JsonNode probe : result.path("probes")) {
      if (probe.path("needleRecalledByReference").asBoolean()
          && !probe.path("needleRecalled").asBoolean()) {
        violations.add("context of " + probe.path("context") + ": the fact is not recalled");
      }
    }
    return violations;
  }

  private Set<String> areas(Optional<RateFile> before, RateFile after) {
    String range = diff;
    if (range.isEmpty()) {
      String from = before.map(RateFile::commit).orElse(after.commit() + "^");
      range = plain(from) + ".." + plain(after.commit());
    }
    String named = range;
    String paths =
        new GitCheckout(root.home())
            .git("diff", "--name-only", named)
            .orElseThrow(
                () ->
                    CliException.failure(
                        "git knows no range " + named + " in " + root.home(),
                        "give one to --diff"));
    return Areas.of(paths.lines().toList());
  }

  private static String plain(String commit) {
    return commit.replace("+changes", "");
  }

  private static void hash(ObjectNode result, String name, Path file) throws IOException {
    if (file != null) {
      ObjectNode node = result.putObject(name);
      node.put("name", file.getFileName().toString());
      node.put("sha256", FileHash.of(file));
    }
  }

  private static void put(ObjectNode result, Verdict verdict) {
    result.put("verdict", verdict.outcome().name());
    result.put("grade", verdict.grade().label());
    ArrayNode contexts = result.putArray("contexts");
    for (ContextRatio context : verdict.contexts()) {
      ObjectNode node = contexts.addObject();
      node.put("context", context.context());
      node.put("label", context.label());
      node.put("baseline", context.baseline().median());
      node.put("candidate", context.candidate().median());
      node.put("ratio", context.ratio());
      node.put("uncertainty", context.uncertainty());
      node.put("regression", context.isRegression());
      node.put("unsafe", context.isUnsafe());
    }
    ArrayNode reasons = result.putArray("reasons");
    verdict.reasons().forEach(reasons::add);
    ArrayNode warnings = result.putArray("warnings");
    verdict.warnings().forEach(warnings::add);
  }

  private static void print(PrintStream out, Verdict verdict, JsonNode result) {
    for (ContextRatio context : verdict.contexts()) {
      out.printf(
          Locale.ROOT,
          "%6s  %9.1f -> %9.1f tok/s  %+6.2f %%  ± %.2f %%%s%n",
          context.label(),
          context.baseline().median(),
          context.candidate().median(),
          (context.ratio() - 1) * 100,
          context.uncertainty() * 100,
          context.isRegression() ? "  regression-" + context.label() : "");
    }
    verdict.warnings().forEach(warning -> out.println("note: " + warning));
    if (result.has("areas")) {
      out.println(
          "areas: "
              + String.join(
                  ", ", result.path("areas").valueStream().map(JsonNode::asString).toList()));
    }
    out.println(
        verdict.outcome()
            + (verdict.reasons().isEmpty()
                ? " " + verdict.grade().label()
                : " " + String.join(", ", verdict.reasons())));
  }
}
