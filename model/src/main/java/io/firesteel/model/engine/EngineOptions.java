package io.firesteel.model.engine;

import io.firesteel.model.kv.KvFormat;
import java.util.Objects;

/**
 * What an engine is asked to provide.
 *
 * @param threads host threads for computation, at least 1
 * @param cacheTokens positions that the KV cache holds, shared by all sequences; at least 1
 * @param kvFormat storage format of the KV cache
 * @param pageTokens positions of a page, a power of two
 * @param maxRows largest number of rows (tokens) of one {@link Batch}
 * @param settings what only some engines look at
 */
public record EngineOptions(
    int threads,
    int cacheTokens,
    KvFormat kvFormat,
    int pageTokens,
    int maxRows,
    EngineSettings settings) {
  /** Positions of a page unless told otherwise. */
  public static final int DEFAULT_PAGE_TOKENS = 64;

  /** Largest batch unless told otherwise. */
  public static final int DEFAULT_MAX_ROWS = 512;

  /** Checks the ranges stated above. */
  public EngineOptions {
    Objects.requireNonNull(kvFormat, "kvFormat");
    Objects.requireNonNull(settings, "settings");
    atLeastOne("threads", threads);
    atLeastOne("cacheTokens", cacheTokens);
    atLeastOne("pageTokens", pageTokens);
    atLeastOne("maxRows", maxRows);
  }

  /** Without settings of particular engines. */
  public EngineOptions(
      int threads, int cacheTokens, KvFormat kvFormat, int pageTokens, int maxRows) {
    this(threads, cacheTokens, kvFormat, pageTokens, maxRows, EngineSettings.NONE);
  }

  /** The same with other settings of particular engines. */
  public EngineOptions withSettings(EngineSettings other) {
    return new EngineOptions(threads, cacheTokens, kvFormat, pageTokens, maxRows, other);
  }

  /** All cores, and a cache of {@code cacheTokens} positions in the given format. */
  public static EngineOptions of(int cacheTokens, KvFormat kvFormat) {
    return new EngineOptions(
        Runtime.getRuntime().availableProcessors(),
        cacheTokens,
        kvFormat,
        DEFAULT_PAGE_TOKENS,
        DEFAULT_MAX_ROWS);
  }

  private static void atLeastOne(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " is " + value + ", expected at least 1");
    }
  }
}
