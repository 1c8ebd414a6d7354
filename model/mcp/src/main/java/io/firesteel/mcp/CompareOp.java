package io.firesteel.mcp;

import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.engine.OpsProvider;
import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.PreparedOp;
import io.firesteel.model.ops.TimedOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The same call of an op on several implementations, side by side. */
final class CompareOp implements KernelTool {
  private static final int USUAL_RUNS = 100;
  private static final int MOST_RUNS = 10_000;
  private static final int SAMPLES = 5;
  private static final double NANOS_PER_MICRO = 1e3;

  private final Implementations implementations;

  CompareOp(Implementations implementations) {
    this.implementations = implementations;
  }

  @Override
  public String name() {
    return "compare_op";
  }

  @Override
  public String description() {
    return "Runs one call of an op on several implementations, such as Java compiled by TornadoVM"
        + " and hand-written PTX, and tells for each how exactly it computes it and how many"
        + " microseconds a run takes (median of five batches, by the device's clock where it has"
        + " one). The calls are those of the conformance suite, which are small; for a model's"
        + " shapes use 'firesteel bench ops'.";
  }

  @Override
  public Map<String, Object> inputSchema() {
    return Schema.arguments()
        .oneOf("op", "The op.", Cases.opNames())
        .text("case", "One of the op's cases, as list_ops gives them; the first if left out.")
        .texts("implementations", "Names; all that can run here if left out.")
        .number("runs", "Runs in a batch; 100 if left out.", 1, MOST_RUNS)
        .requiring("op");
  }

  @Override
  public Map<String, Object> call(Arguments arguments) throws ToolException {
    Op op = Cases.op(arguments.requiredText("op"));
    String name = arguments.text("case").orElse(Cases.of(op).getFirst().name());
    ConformanceCase chosen = Cases.named(op, name);
    int runs = arguments.number("runs", 1, MOST_RUNS, USUAL_RUNS);
    List<String> names = arguments.texts("implementations");
    if (names.isEmpty()) {
      names = implementations.usable().stream().map(OpsProvider::name).toList();
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    for (String implementation : names) {
      rows.add(row(implementation, chosen, runs));
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("op", op.label());
    result.put("case", chosen.name());
    result.put("rows", chosen.call().get().rows());
    result.put("implementations", rows);
    return result;
  }

  private Map<String, Object> row(String name, ConformanceCase chosen, int runs)
      throws ToolException {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("implementation", name);
    try (TimedOps ops = implementations.open(name)) {
      boolean supported = ops.supports(chosen.call().get());
      row.put("supported", supported);
      if (supported) {
        Cases.Verdict verdict = Cases.check(chosen, ops);
        row.put("tolerance", verdict.word());
        verdict.problem().ifPresent(problem -> row.put("problem", problem));
        row.put("microseconds", microseconds(ops, chosen, runs));
      }
    }
    return row;
  }

  private static double microseconds(TimedOps ops, ConformanceCase chosen, int runs) {
    try (PreparedOp prepared = ops.prepare(chosen.call().get(), 1)) {
      prepared.run(runs); // compiled and in the caches before it is timed
      long[] nanos = new long[SAMPLES];
      for (int i = 0; i < SAMPLES; i++) {
        nanos[i] = prepared.run(runs);
      }
      Arrays.sort(nanos);
      return Math.round(nanos[SAMPLES / 2] / NANOS_PER_MICRO / runs * 1000) / 1000.0;
    }
  }
}
