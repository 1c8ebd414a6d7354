package io.firesteel.model.engine;

import java.util.Optional;

/**
 * A model's weights made ready to run, with a pool of KV pages. The engine knows pages, not
 * conversations: which page holds which position of which sequence is decided above it, by {@link
 * io.firesteel.model.kv}.
 *
 * <p>Calls are serialised by the caller; an engine need not be safe for several threads. After
 * {@link #close} every call throws {@link IllegalStateException}.
 */
public interface Engine extends AutoCloseable {
  /** The provider's name. */
  String name();

  /** What it runs on, in words. */
  String device();

  /**
   * Whether each call may come on another thread, one at a time. An engine that is tied to the
   * thread that opened it says no.
   */
  default boolean runsOnAnyThread() {
    return false;
  }

  /** The pages that hold keys and values. */
  KvStorage kv();

  /** Largest number of rows a {@link Batch} may have. */
  int maxRows();

  /** Number of logits of a row. */
  int vocabulary();

  /**
   * Runs one step: appends the rows' keys and values to their pages and computes the logits asked
   * for.
   *
   * @param batch tokens, positions and pages
   * @param logits output, one row of {@link #vocabulary} floats for each entry of {@link
   *     Batch#logitRows}
   * @throws EngineException if the device fails; the engine must then be closed
   */
  void forward(Batch batch, float[] logits) throws EngineException;

  /** Sampling on the device with several tokens per host round trip, for engines that offer it. */
  default Optional<DeviceDecoder> deviceDecoder() {
    return Optional.empty();
  }

  /** Hidden states instead of logits, for engines that offer them. */
  default Optional<HiddenStates> hiddenStates() {
    return Optional.empty();
  }

  /** Bytes of device (or host) memory held for weights, pages and scratch. */
  long memoryBytes();

  @Override
  void close();
}
