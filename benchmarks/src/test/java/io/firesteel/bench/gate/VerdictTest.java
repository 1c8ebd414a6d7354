package io.firesteel.bench.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.bench.measure.Samples;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerdictTest {
  private static final double BASE = 400;
  private static final Map<String, String> CONDITIONS =
      Map.of("device", "H100", "engine", "ptx", "model file", "abc");

  /** Three samples around a rate: that many percent below it, at it and above it. */
  private static Samples around(double rate, double percent) {
    return new Samples(rate * (1 - percent / 100), rate, rate * (1 + percent / 100));
  }

  /** A file with a rate for each context, as in {@code 0:1.02 4096:0.99}. */
  private static RateFile file(String name, String ratios, double percent) {
    TreeMap<Integer, Samples> rates = new TreeMap<>();
    for (String part : ratios.split(" ")) {
      String[] pair = part.split(":");
      rates.put(Integer.parseInt(pair[0]), around(BASE * Double.parseDouble(pair[1]), percent));
    }
    return new RateFile(name, "c0ffee", CONDITIONS, rates);
  }

  private static String flat(String ratios) {
    return ratios.replaceAll(":[0-9.]+", ":1");
  }

  /**
   * Rates relative to the baseline, scatter of the samples in percent, whether accuracy is good,
   * and what is to come of it.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # nothing happens
          0:1                                              | 0   | right | NONE   | none | -                             | safe
          0:1 512:1 4096:1 16384:1 32768:1                 | 0   | right | NONE   | none | -                             | safe
          0:1.019                                          | 0   | right | NONE   | none | -                             | safe
          0:1.01 512:1.01 4096:1.01 16384:1.01 32768:1.01  | 0   | right | NONE   | none | -                             | safe
          0:0.981                                          | 0   | right | NONE   | none | -                             | safe
          # boundaries of gains
          0:1.0199                                         | 0   | right | NONE   | none | -                             | safe
          0:1.02                                           | 0   | right | ACCEPT | XS   | -                             | safe
          0:1.0349                                         | 0   | right | ACCEPT | XS   | -                             | safe
          0:1.035                                          | 0   | right | ACCEPT | S    | -                             | safe
          0:1.0599                                         | 0   | right | ACCEPT | S    | -                             | safe
          0:1.06                                           | 0   | right | ACCEPT | M    | -                             | safe
          0:1.0999                                         | 0   | right | ACCEPT | M    | -                             | safe
          0:1.10                                           | 0   | right | ACCEPT | L    | -                             | safe
          0:1.1799                                         | 0   | right | ACCEPT | L    | -                             | safe
          0:1.18                                           | 0   | right | ACCEPT | XL   | -                             | safe
          0:3.0                                            | 0   | right | ACCEPT | XL   | -                             | safe
          # the best context counts, and they are never added up
          0:1 512:1.07                                     | 0   | right | ACCEPT | M    | -                             | safe
          0:1.03 512:1.03 4096:1.03 16384:1.03 32768:1.03  | 0   | right | ACCEPT | XS   | -                             | safe
          0:1.019 512:1.019 4096:1.019                     | 0   | right | NONE   | none | -                             | safe
          128:1.25 512:1 4096:0.99                         | 0   | right | ACCEPT | XL   | -                             | safe
          32768:1.11 0:0.985                               | 0   | right | ACCEPT | L    | -                             | safe
          # regressions reject, also beside gains
          0:0.98                                           | 0   | right | NONE   | none | -                             | safe
          0:0.9799                                         | 0   | right | REJECT | none | regression-0                  | safe
          128:0.5                                          | 0   | right | REJECT | none | regression-128                | safe
          0:1.5 4096:0.97                                  | 0   | right | REJECT | XL   | regression-4k                 | safe
          0:1.2 512:0.9 16384:0.9                          | 0   | right | REJECT | XL   | regression-512 regression-16k | safe
          0:1 512:1 4096:1 16384:1 32768:0.95              | 0   | right | REJECT | none | regression-32k                | safe
          # accuracy
          0:1.2                                            | 0   | wrong | REJECT | XL   | accuracy                      | safe
          0:1                                              | 0   | wrong | REJECT | none | accuracy                      | safe
          0:0.9                                            | 0   | wrong | REJECT | none | regression-0 accuracy         | safe
          # noise: one percent either way on both sides makes 0.8 percent of the ratio
          0:1                                              | 1   | right | NONE   | none | -                             | safe
          0:1.05                                           | 1   | right | ACCEPT | S    | -                             | safe
          0:1.021                                          | 1   | right | ACCEPT | XS   | -                             | unsafe
          0:1.017                                          | 1   | right | NONE   | none | -                             | unsafe
          0:0.975                                          | 1   | right | REJECT | none | regression-0                  | unsafe
          0:0.96                                           | 1   | right | REJECT | none | regression-0                  | safe
          0:1.08 4096:0.985                                | 1   | right | ACCEPT | M    | -                             | unsafe
          0:1.3                                            | 8   | right | ACCEPT | XL   | -                             | safe
          0:1.0                                            | 4   | right | NONE   | none | -                             | unsafe
          """)
  void judges(
      String ratios,
      double scatter,
      String accuracy,
      Outcome outcome,
      String grade,
      String reasons,
      String safety)
      throws GateException {
    List<String> inaccuracies = accuracy.equals("wrong") ? List.of("KL is too large") : List.of();
    Verdict verdict =
        Verdict.of(
            file("before", flat(ratios), scatter), file("after", ratios, scatter), inaccuracies);
    assertEquals(outcome, verdict.outcome());
    assertEquals(grade, verdict.grade().label());
    List<String> expected = reasons.equals("-") ? List.of() : Arrays.asList(reasons.split(" "));
    assertEquals(expected, verdict.reasons());
    boolean scattered = verdict.warnings().stream().anyMatch(w -> w.contains("scatter"));
    assertEquals(safety.equals("unsafe"), scattered, verdict.warnings().toString());
  }

  @Test
  void moreSamplesMakeAVerdictSafer() throws GateException {
    double[] many = new double[75];
    Arrays.setAll(many, i -> around(BASE * 1.023, 1).values()[i % 3]);
    TreeMap<Integer, Samples> rates = new TreeMap<>(Map.of(0, new Samples(many)));
    RateFile before = file("before", "0:1", 0);
    Verdict verdict =
        Verdict.of(before, new RateFile("after", "c0ffee", CONDITIONS, rates), List.of());
    assertEquals(Outcome.ACCEPT, verdict.outcome());
    assertEquals(List.of(), verdict.warnings());
  }

  @Test
  void theFirstResultBecomesTheBaselineIfItIsRight() {
    assertEquals(Outcome.BASELINE, Verdict.withoutBaseline(List.of()).outcome());
    assertEquals(Outcome.REJECT, Verdict.withoutBaseline(List.of("KL")).outcome());
    assertEquals(List.of("accuracy"), Verdict.withoutBaseline(List.of("KL")).reasons());
  }

  @ParameterizedTest
  @CsvSource({"device, L4", "engine, tornado", "model file, def"})
  void refusesToCompareWhatWasNotMeasuredAlike(String condition, String other) {
    Map<String, String> conditions = new HashMap<>(CONDITIONS);
    conditions.put(condition, other);
    RateFile before = file("before", "0:1", 0);
    RateFile after = new RateFile("after", "c0ffee", conditions, before.rates());
    GateException e = assertThrows(GateException.class, () -> Verdict.of(before, after, List.of()));
    assertTrue(e.getMessage().contains("the " + condition + " of before"), e.getMessage());
    assertTrue(e.getMessage().contains(other), e.getMessage());
  }

  @Test
  void refusesACandidateThatLacksAGuardedContext() {
    RateFile before = file("before", "0:1 4096:1", 0);
    RateFile after = file("after", "0:2", 0);
    GateException e = assertThrows(GateException.class, () -> Verdict.of(before, after, List.of()));
    assertTrue(e.getMessage().contains("lacks context 4096"), e.getMessage());
  }

  @Test
  void contextsThatTheBaselineDoesNotGuardDoNotCount() throws GateException {
    Verdict verdict =
        Verdict.of(file("before", "0:1", 0), file("after", "0:1 512:0.1", 0), List.of());
    assertEquals(Outcome.NONE, verdict.outcome());
  }

  @Test
  void areasAreThoseOfTheChangedPaths() {
    assertEquals(
        List.of("loader", "other", "ptx-kernels"),
        List.copyOf(
            Areas.of(
                List.of("ptx-kernels/a.ptx", "loader/src/A.java", "README.md", "loader/pom.xml"))));
    assertEquals(List.of("model"), List.copyOf(Areas.of(List.of("model/tiny-moe/x"))));
  }
}
