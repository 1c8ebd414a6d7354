package io.firesteel.mcp;

import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.ops.TimedOps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Holds an implementation to the conformance suite. */
final class RunConformance implements KernelTool {
  private static final int MOST_FAILURES = 20;

  private final Implementations implementations;

  RunConformance(Implementations implementations) {
    this.implementations = implementations;
  }

  @Override
  public String name() {
    return "run_conformance";
  }

  @Override
  public String description() {
    return "Runs the conformance suite on an implementation: every case of one op or of all, with"
        + " poisoned outputs, against the reference in double precision. Tells how many cases pass"
        + " by which tolerance (float32, half, int8, strictest first), which it does not support,"
        + " and what is wrong with those that fail.";
  }

  @Override
  public Map<String, Object> inputSchema() {
    return Schema.arguments()
        .text("implementation", "Name of an implementation, as list_ops gives it.")
        .oneOf("op", "Only this op; all if left out.", Cases.opNames())
        .text("case", "Only this case of the op.")
        .requiring("implementation");
  }

  @Override
  public Map<String, Object> call(Arguments arguments) throws ToolException {
    List<ConformanceCase> cases = cases(arguments);
    Map<String, Integer> passed = new TreeMap<>();
    List<Map<String, String>> failures = new ArrayList<>();
    int unsupported = 0;
    int failed = 0;
    try (TimedOps ops = implementations.open(arguments.requiredText("implementation"))) {
      for (ConformanceCase each : cases) {
        if (!ops.supports(each.call().get())) {
          unsupported++;
          continue;
        }
        Cases.Verdict verdict = Cases.check(each, ops);
        if (verdict.tolerance().isPresent()) {
          passed.merge(verdict.word(), 1, Integer::sum);
        } else if (failed++ < MOST_FAILURES) {
          failures.add(failure(each, verdict));
        }
      }
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("cases", cases.size());
    result.put("passed", passed);
    result.put("unsupported", unsupported);
    result.put("failed", failed);
    result.put("failures", failures);
    return result;
  }

  private static Map<String, String> failure(ConformanceCase each, Cases.Verdict verdict) {
    Map<String, String> failure = new LinkedHashMap<>();
    failure.put("op", each.op().label());
    failure.put("case", each.name());
    failure.put("problem", verdict.problem().orElse(""));
    return failure;
  }

  private static List<ConformanceCase> cases(Arguments arguments) throws ToolException {
    Optional<String> op = arguments.text("op");
    Optional<String> name = arguments.text("case");
    if (name.isPresent()) {
      String label =
          op.orElseThrow(() -> new ToolException("a case belongs to an op: give 'op' as well"));
      return List.of(Cases.named(Cases.op(label), name.get()));
    }
    return op.isPresent() ? Cases.of(Cases.op(op.get())) : ConformanceSuite.cases();
  }
}
