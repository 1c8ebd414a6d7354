package io.firesteel.model.engine;

import java.util.Map;

/**
 * Settings that only some engines look at, as the settings file states them.
 *
 * @param implementations which implementation an op uses: keys {@code op} or {@code op.type}, such
 *     as {@code attention} or {@code expert_in.q4_k}; values {@code java} or {@code ptx}
 * @param tornado TornadoVM settings, keys without the prefix {@code tornado.}
 */
public record EngineSettings(Map<String, String> implementations, Map<String, String> tornado) {
  /** Nothing is set. */
  public static final EngineSettings NONE = new EngineSettings(Map.of(), Map.of());

  /** Takes immutable copies. */
  public EngineSettings {
    implementations = Map.copyOf(implementations);
    tornado = Map.copyOf(tornado);
  }
}
