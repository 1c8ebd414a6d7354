package io.firesteel.bench.suite;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The data sets that there are runners for. */
public enum Suite {
  /** The items that ship with the embedded model. */
  SHIPPED(360),
  /** Function calls (Patil et al., 2025): a folder with {@code BFCL_*.json}. */
  BFCL(300),
  /** School arithmetic in words (Cobbe et al., 2021): a folder with {@code test.jsonl}. */
  GSM8K(132),
  /** Python functions (Chen et al., 2021): a folder with {@code HumanEval.jsonl}. */
  HUMANEVAL(60),
  /** Instructions that can be checked: a folder with {@code input_data.jsonl}. */
  IFEVAL(192),
  /** Multiple choice with ten options (Wang et al., 2024): a folder with {@code test.jsonl}. */
  MMLU_PRO(100);

  private final int tierItems;

  Suite(int tierItems) {
    this.tierItems = tierItems;
  }

  /**
   * Items of a tier.
   *
   * @param percent 1 to 100
   */
  public int items(int percent) {
    return Math.max(1, tierItems * percent / 100);
  }

  /** The name on command lines: {@code mmlu-pro}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The suite with a name.
   *
   * @throws IllegalArgumentException naming those there are
   */
  public static Suite named(String name) {
    return Arrays.stream(values())
        .filter(suite -> suite.label().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no suite \"%s\", expected %s"
                        .formatted(
                            name,
                            Arrays.stream(values())
                                .map(Suite::label)
                                .collect(Collectors.joining(", ")))));
  }
}
