package io.firesteel.bench.op;

import io.firesteel.bench.measure.Samples;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.OpsProvider;
import io.firesteel.model.ops.TimedOps;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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
  private final List<OpsProvider> providers;
  private final List<OpCase> cases;
  private final Consumer<String> skipped;

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
   * Measures.
   *
   * @param jmh options that go before the usual ones
   * @throws EngineException if an implementation cannot be opened
   * @throws RunnerException if JMH fails
   */
  public List<OpRow> measure(Options jmh) throws EngineException, RunnerException {
    List<OpRow> rows = new ArrayList<>();
    for (OpsProvider provider : providers) {
      List<OpCase> offered = new ArrayList<>();
      List<OptionalDouble> errors = new ArrayList<>();
      try (TimedOps ops = provider.open()) {
        for (OpCase wanted : cases) {
          if (supports(ops, wanted)) {
            offered.add(wanted);
            errors.add(OpError.nmse(ops, wanted));
          } else {
            skipped.accept(provider.name() + " does not offer " + wanted.label());
          }
        }
      }
      if (!offered.isEmpty()) {
        List<Samples> times = run(jmh, provider.name(), offered);
        for (int i = 0; i < offered.size(); i++) {
          OpCase wanted = offered.get(i);
          rows.add(new OpRow(provider.name(), wanted, times.get(i), bytes(wanted), errors.get(i)));
        }
      }
    }
    return rows;
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

  private static List<Samples> run(Options jmh, String implementation, List<OpCase> offered)
      throws RunnerException {
    String[] names =
        offered.stream()
            .map(wanted -> implementation + ":" + wanted.label())
            .toArray(String[]::new);
    Options options =
        new OptionsBuilder()
            .parent(jmh)
            .include(OpBenchmark.class.getName() + ".run")
            .param("row", names)
            .build();
    Collection<RunResult> results = new Runner(options).run();
    List<Samples> samples = new ArrayList<>();
    for (String name : names) {
      samples.add(
          results.stream()
              .filter(result -> name(result.getParams()).equals(name))
              .map(OpTable::samples)
              .findFirst()
              .orElseThrow(() -> new IllegalStateException(name + " was not measured")));
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
