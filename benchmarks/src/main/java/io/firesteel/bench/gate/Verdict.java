package io.firesteel.bench.gate;

import io.firesteel.bench.measure.Samples;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The judgement of a candidate. A gain is that of the best context alone, never the sum of several;
 * a context that has become slower than 98 % of the baseline rejects the candidate whatever the
 * others gain.
 *
 * @param outcome the decision
 * @param grade how much the best context has gained; of no meaning in a rejection
 * @param contexts each context's rates
 * @param reasons labels of what rejects it: {@code regression-4k}, {@code accuracy}
 * @param warnings why the verdict is not safe, a sentence each
 */
public record Verdict(
    Outcome outcome,
    Grade grade,
    List<ContextRatio> contexts,
    List<String> reasons,
    List<String> warnings) {
  /** Takes immutable copies of the lists. */
  public Verdict {
    contexts = List.copyOf(contexts);
    reasons = List.copyOf(reasons);
    warnings = List.copyOf(warnings);
  }

  /** A verdict where there is no baseline: only accuracy can reject. */
  public static Verdict withoutBaseline(List<String> inaccuracies) {
    return inaccuracies.isEmpty()
        ? new Verdict(Outcome.BASELINE, Grade.NONE, List.of(), List.of(), List.of())
        : new Verdict(Outcome.REJECT, Grade.NONE, List.of(), List.of("accuracy"), inaccuracies);
  }

  /**
   * Compares.
   *
   * @param inaccuracies what is wrong with the candidate's accuracy, a sentence each
   * @throws GateException if the two were not measured under the same conditions, or the candidate
   *     lacks a context that the baseline guards
   */
  public static Verdict of(RateFile baseline, RateFile candidate, List<String> inaccuracies)
      throws GateException {
    requireSameConditions(baseline, candidate);
    List<ContextRatio> contexts = contexts(baseline, candidate);
    List<String> reasons = new ArrayList<>();
    List<String> warnings = new ArrayList<>(inaccuracies);
    for (ContextRatio context : contexts) {
      if (context.isRegression()) {
        reasons.add("regression-" + context.label());
      }
      if (context.isUnsafe()) {
        warnings.add(scatter(context, "whether context " + context.label() + " has become slower"));
      }
    }
    if (!inaccuracies.isEmpty()) {
      reasons.add("accuracy");
    }
    ContextRatio best =
        contexts.stream().max(Comparator.comparingDouble(ContextRatio::ratio)).orElseThrow();
    Grade grade = Grade.of(best.ratio());
    if (best.isGradeUnsafe()) {
      warnings.add(scatter(best, "how much context " + best.label() + " has gained"));
    }
    return new Verdict(outcome(reasons, grade), grade, contexts, reasons, warnings);
  }

  private static Outcome outcome(List<String> reasons, Grade grade) {
    if (!reasons.isEmpty()) {
      return Outcome.REJECT;
    }
    return grade == Grade.NONE ? Outcome.NONE : Outcome.ACCEPT;
  }

  private static String scatter(ContextRatio context, String what) {
    return "the samples scatter too much to say %s: %.3f ± %.3f; measure again with more --repeats"
        .formatted(what, context.ratio(), context.ratio() * context.uncertainty());
  }

  private static void requireSameConditions(RateFile baseline, RateFile candidate)
      throws GateException {
    for (Map.Entry<String, String> condition : baseline.conditions().entrySet()) {
      String other = candidate.conditions().getOrDefault(condition.getKey(), "");
      if (!other.equals(condition.getValue())) {
        throw new GateException(
            "the %s of %s is \"%s\", that of %s is \"%s\": rates are not comparable; measure both alike"
                .formatted(
                    condition.getKey(),
                    baseline.name(),
                    condition.getValue(),
                    candidate.name(),
                    other));
      }
    }
  }

  private static List<ContextRatio> contexts(RateFile baseline, RateFile candidate)
      throws GateException {
    List<ContextRatio> contexts = new ArrayList<>();
    for (Map.Entry<Integer, Samples> entry : baseline.rates().entrySet()) {
      Samples other = candidate.rates().get(entry.getKey());
      if (other == null) {
        throw new GateException(
            "%s lacks context %d, which %s guards; measure it too"
                .formatted(candidate.name(), entry.getKey(), baseline.name()));
      }
      contexts.add(new ContextRatio(entry.getKey(), entry.getValue(), other));
    }
    return contexts;
  }
}
