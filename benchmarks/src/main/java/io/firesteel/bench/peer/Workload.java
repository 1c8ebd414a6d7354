package io.firesteel.bench.peer;

import java.util.List;

/**
 * What is to be measured.
 *
 * @param contexts depths at which decoding is measured
 * @param tokens tokens of a decoding run
 * @param prefills lengths of prompts
 * @param repeats counted runs of each kind
 */
public record Workload(List<Integer> contexts, int tokens, List<Integer> prefills, int repeats) {
  /** Takes immutable copies of the lists. */
  public Workload {
    contexts = List.copyOf(contexts);
    prefills = List.copyOf(prefills);
  }
}
