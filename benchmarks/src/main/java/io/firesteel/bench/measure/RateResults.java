package io.firesteel.bench.measure;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** What a rate benchmark gave, runs of all rounds together. */
public final class RateResults {
  /** What was measured. */
  public enum Kind {
    /** Greedy decoding of one session; its size is the context. */
    DECODE,
    /** Decoding of one session with sampling; its size is the context. */
    SAMPLED,
    /** Greedy decoding of several sessions; its size is their number. */
    BATCH,
    /** A prompt; its size is the number of its tokens. */
    PREFILL
  }

  private final Map<Kind, Map<Integer, Measured>> results = new EnumMap<>(Kind.class);

  /** Adds runs to those of the same kind and size. */
  public void add(Kind kind, int size, Measured measured) {
    results.computeIfAbsent(kind, _ -> new TreeMap<>()).merge(size, measured, Measured::and);
  }

  /** Visits the sizes of a kind from the smallest. */
  public void forEach(Kind kind, BiConsumer<Integer, Measured> visitor) {
    results.getOrDefault(kind, Map.of()).forEach(visitor);
  }

  /** Runs of a kind and size. */
  public Measured get(Kind kind, int size) {
    return results.get(kind).get(size);
  }
}
