package io.firesteel.model.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * The cases that every implementation of the ops has to pass: each op with each weight type,
 * awkward sizes, positions around page boundaries, extremes and ties.
 *
 * <pre>{@code
 * for (ConformanceCase c : ConformanceSuite.cases()) {
 *   if (ops.supports(c.call().get())) {
 *     c.check(ops, Tolerances.FLOAT32);
 *   }
 * }
 * }</pre>
 *
 * In a test class, extend {@code OpsConformance} of the test jar instead.
 */
public final class ConformanceSuite {
  private ConformanceSuite() {}

  /** All cases, in a fixed order. */
  public static List<ConformanceCase> cases() {
    List<ConformanceCase> cases = new ArrayList<>();
    cases.addAll(new ProductCases().all());
    cases.addAll(new RouterCases().all());
    cases.addAll(new CacheCases().all());
    cases.addAll(new SampleCases().all());
    return List.copyOf(cases);
  }
}
