package io.firesteel.bench.cli;

import io.firesteel.bench.accuracy.Agreement;
import io.firesteel.bench.accuracy.Chunks;
import io.firesteel.bench.accuracy.EngineLogits;
import io.firesteel.bench.accuracy.LogitSource;
import io.firesteel.bench.accuracy.LongProbe;
import io.firesteel.bench.accuracy.Loss;
import io.firesteel.bench.accuracy.Thresholds;
import io.firesteel.bench.result.Json;
import io.firesteel.loader.file.Progress;
import io.firesteel.loader.file.Progress.Unit;
import io.firesteel.model.cli.CliException;
import io.firesteel.model.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Compares, and writes what comes out into a result. */
final class AccuracyRun {
  /** Tokens that are drawn after a long context. */
  static final int PROBE_ANSWER = 16;

  /** Last positions of a long context whose logits are compared. */
  private static final int PROBE_ROWS = 32;

  private final LogitSource expected;
  private final EngineLogits actual;
  private final Chunks passage;
  private final Thresholds thresholds;
  private final List<String> violations = new ArrayList<>();

  AccuracyRun(LogitSource expected, EngineLogits actual, Chunks passage, Thresholds thresholds) {
    this.expected = expected;
    this.actual = actual;
    this.passage = passage;
    this.thresholds = thresholds;
  }

  void compare(ObjectNode result, int[] prompt, int greedy, Progress progress) throws IOException {
    Agreement agreement = new Agreement(actual.vocabulary(), expected.isExact());
    long tokens = (long) passage.count() * passage.length();
    try (Progress.Task task = progress.begin("accuracy", Unit.TOKENS, tokens)) {
      for (int chunk = 0; chunk < passage.count(); chunk++) {
        float[] reference = expected.rows(passage, chunk);
        float[] candidate = actual.rows(passage, chunk);
        int[] text = passage.chunk(chunk);
        for (int row = 0; row < passage.scored(); row++) {
          agreement.add(reference, candidate, row, text[passage.firstScored() + row + 1]);
        }
        task.advance(passage.length());
      }
    }
    put(result, agreement);
    violations.addAll(
        thresholds.violations("text", agreement.topAgreement(), agreement.meanDivergence()));
    int[] drawn = expected.greedy(prompt, greedy);
    if (drawn.length > 0) {
      result.put("greedyTokens", drawn.length);
      Agreement.firstDifference(drawn, actual.greedy(prompt, drawn.length))
          .ifPresentOrElse(
              at -> result.put("firstGreedyDifference", at),
              () -> result.putNull("firstGreedyDifference"));
    }
  }

  private static void put(ObjectNode node, Agreement agreement) {
    node.put("rows", agreement.rows());
    node.put("nonFiniteRows", agreement.nonFiniteRows());
    node.put("topAgreement", agreement.topAgreement());
    ObjectNode divergence = node.putObject("divergence");
    divergence.put("mean", agreement.meanDivergence());
    divergence.put("p99", agreement.divergenceQuantile(0.99));
    divergence.put("max", agreement.largestDivergence());
    Json.put(node, "nmse", agreement.nmse());
    put(node.putObject("perplexity"), agreement.candidateLoss());
    put(node.putObject("referencePerplexity"), agreement.referenceLoss());
  }

  private static void put(ObjectNode node, Loss loss) {
    node.put("value", loss.perplexity());
    node.put("error", loss.perplexityError());
  }

  void probe(ObjectNode result, Tokenizer tokenizer, String filler, int[] lengths)
      throws IOException {
    if (lengths.length == 0) {
      return;
    }
    ArrayNode probes = result.putArray("probes");
    for (int length : lengths) {
      probe(probes.addObject(), probe(tokenizer, filler, length));
    }
  }

  private static LongProbe probe(Tokenizer tokenizer, String filler, int length) {
    try {
      return LongProbe.of(tokenizer, filler, length);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(e.getMessage(), "give longer ones to --probe");
    }
  }

  private void probe(ObjectNode node, LongProbe probe) throws IOException {
    int[] prompt = probe.prompt();
    EngineLogits reference = (EngineLogits) expected;
    int first = prompt.length - 1 - PROBE_ROWS;
    float[] wanted = reference.last(prompt, first, PROBE_ROWS);
    float[] found = actual.last(prompt, first, PROBE_ROWS);
    Agreement agreement = new Agreement(actual.vocabulary(), expected.isExact());
    for (int row = 0; row < PROBE_ROWS; row++) {
      agreement.add(wanted, found, row, prompt[first + row + 1]);
    }
    boolean expectedRecall = probe.recalled(reference.greedy(prompt, PROBE_ANSWER));
    boolean actualRecall = probe.recalled(actual.greedy(prompt, PROBE_ANSWER));
    node.put("context", prompt.length);
    put(node, agreement);
    node.put("needleRecalled", actualRecall);
    node.put("needleRecalledByReference", expectedRecall);
    String what = "context of " + prompt.length;
    // of so few rows a single one weighs much: the divergence is what counts
    violations.addAll(
        new Thresholds(0, thresholds.meanDivergence())
            .violations(what, agreement.topAgreement(), agreement.meanDivergence()));
    if (expectedRecall && !actualRecall) {
      violations.add(what + ": the reference recalls the fact in its middle, the engine does not");
    }
  }

  /** Whether all thresholds are met. */
  boolean judge(ObjectNode result) {
    ArrayNode array = result.putArray("violations");
    violations.forEach(array::add);
    result.put("passed", violations.isEmpty());
    return violations.isEmpty();
  }
}
