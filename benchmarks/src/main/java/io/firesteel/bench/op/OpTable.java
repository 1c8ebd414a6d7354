package io.firesteel.bench.op;

import io.firesteel.bench.measure.Samples;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.OpsProvider;
import io.firesteel.model.ops.TimedOps;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Runs the op benchmark over implementations and cases. */
public final class OpTable {
  private static final String NO_RESULT =
      "it failed while it was timed; -v NORMAL after -- shows how";

  private final List<OpsProvider> providers;
  private final List<OpCase> cases;
  private final Consumer<String> skipped;
  private final OpError reference = new OpError();

  /**
   * A table to be measured.
   *
   * @param providers implementations that can run here
   * @param skipped is told of each case that an implementation does not offer
   */
  public OpTable(List<OpsProvider> providers, List<OpCase> cases, Consumer<String> skipped) {
    this.providers = providers;
    this.cases = cases;
    this.skipped = skipped;
  }

  /**
   * Measures. A case that fails is told in the results, and the others are measured.
   *
   * @param jmh options that go before the usual ones
   * @throws EngineException if an implementation cannot be opened
   * @throws RunnerException if JMH fails
   */
  public OpResults measure(Options jmh) throws EngineException, RunnerException {
    List<OpRow> rows = new ArrayList<>();
    List<OpFailure> failures = new ArrayList<>();
    for (OpsProvider provider : providers) {
      Map<OpCase, OptionalDouble> right = errors(provider, failures);
      Map<OpCase, Samples> times =
          right.isEmpty() ? Map.of() : run(jmh, provider.name(), right.keySet());
      right.forEach(
          (wanted, nmse) -> {
            if (times.containsKey(wanted)) {
              rows.add(row(provider, wanted, times.get(wanted), nmse));
            } else {
              failures.add(new OpFailure(provider.name(), wanted, NO_RESULT));
            }
          });
    }
    return new OpResults(rows, failures);
  }

  private static OpRow row(
      OpsProvider provider, OpCase wanted, Samples micros, OptionalDouble nmse) {
    return new OpRow(provider.name(), wanted, micros, bytes(wanted), nmse);
  }

  /** The cases that an implementation runs, with its errors. */
  private Map<OpCase, OptionalDouble> errors(OpsProvider provider, List<OpFailure> failures)
      throws EngineException {
    Map<OpCase, OptionalDouble> errors = new LinkedHashMap<>();
    try (TimedOps ops = provider.open()) {
      for (OpCase wanted : cases) {
        if (!supports(ops, wanted)) {
          skipped.accept(provider.name() + " does not offer " + wanted.label());
          continue;
        }
        try {
          errors.put(wanted, reference.nmse(ops, wanted));
        } catch (RuntimeException e) {
          failures.add(new OpFailure(provider.name(), wanted, String.valueOf(e.getMessage())));
        }
      }
    }
    return errors;
  }

  private static boolean supports(TimedOps ops, OpCase wanted) {
    try (Arena arena = Arena.ofConfined()) {
      return ops.supports(OpOperands.of(wanted, arena));
    }
  }

  private static long bytes(OpCase wanted) {
    try (Arena arena = Arena.ofConfined()) {
      return OpTraffic.bytes(OpOperands.of(wanted, arena));
    }
  }

  private static Map<OpCase, Samples> run(
      Options jmh, String implementation, Collection<OpCase> offered) throws RunnerException {
    Map<String, OpCase> names = new LinkedHashMap<>();
    offered.forEach(wanted -> names.put(implementation + ":" + wanted.label(), wanted));
    Options options =
        new OptionsBuilder()
            .parent(jmh)
            .include(OpBenchmark.class.getName() + ".run")
            .param("row", names.keySet().toArray(String[]::new))
            .build();
    Map<OpCase, Samples> samples = new HashMap<>();
    for (RunResult result : new Runner(options).run()) {
      samples.put(names.get(name(result.getParams())), samples(result));
    }
    return samples;
  }

  private static String name(BenchmarkParams params) {
    return params.getParam("row");
  }

  private static Samples samples(RunResult result) {
    return new Samples(
        result.getBenchmarkResults().stream()
            .flatMap(fork -> fork.getIterationResults().stream())
            .mapToDouble(OpTable::micros)
            .toArray());
  }

  private static double micros(IterationResult iteration) {
    return counter(iteration, "nanos") / counter(iteration, "runs") * 1e-3;
  }

  private static double counter(IterationResult iteration, String name) {
    Result<?> result = iteration.getSecondaryResults().get(name);
    return result.getScore();
  }
}
