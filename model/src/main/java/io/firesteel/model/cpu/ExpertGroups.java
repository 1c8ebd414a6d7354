package io.firesteel.model.cpu;

/**
 * Which rows chose which expert: the entries of an {@code rows * active} array of expert ids,
 * grouped by expert, each group in rising order.
 *
 * @param experts the chosen experts, rising
 * @param entries for each of them, the indices at which it stands
 */
record ExpertGroups(int[] experts, int[][] entries) {
  static ExpertGroups of(int[] chosen, int expertCount) {
    int[] sizes = new int[expertCount];
    int used = 0;
    for (int expert : chosen) {
      used += sizes[expert]++ == 0 ? 1 : 0;
    }
    int[] experts = new int[used];
    int[][] byExpert = new int[expertCount][];
    int[][] entries = new int[used][];
    int next = 0;
    for (int expert = 0; expert < expertCount; expert++) {
      if (sizes[expert] > 0) {
        experts[next] = expert;
        entries[next] = new int[sizes[expert]];
        byExpert[expert] = entries[next++];
        sizes[expert] = 0;
      }
    }
    for (int i = 0; i < chosen.length; i++) {
      byExpert[chosen[i]][sizes[chosen[i]]++] = i;
    }
    return new ExpertGroups(experts, entries);
  }

  int count() {
    return experts.length;
  }
}
