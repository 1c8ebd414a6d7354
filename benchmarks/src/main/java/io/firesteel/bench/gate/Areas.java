package io.firesteel.bench.gate;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The parts of the project that a change touches. */
public final class Areas {
  private static final List<String> MODULES =
      List.of("loader", "model", "tornado-kernels", "ptx-kernels", "benchmarks");

  /** Everything outside of the modules. */
  public static final String OTHER = "other";

  private Areas() {}

  /** The areas of changed paths, relative to the project's folder. */
  public static Set<String> of(Collection<String> paths) {
    Set<String> areas = new TreeSet<>();
    for (String path : paths) {
      areas.add(
          MODULES.stream()
              .filter(module -> path.startsWith(module + "/"))
              .findFirst()
              .orElse(OTHER));
    }
    return areas;
  }
}
