package io.firesteel.model.engine;

import java.util.Optional;

/** Offers a meter for the device of some engines; found with {@link java.util.ServiceLoader}. */
public interface DeviceMeterProvider {
  /**
   * Opens a meter for the device that an engine computes on. The caller closes it.
   *
   * @param engine name of an engine or of an {@link OpsProvider}
   * @param device what the engine says it runs on, for machines with several
   * @param threads host threads that the engine computes with
   * @return empty if this provider does not know the engine's device or cannot read it here
   */
  Optional<DeviceMeter> open(String engine, String device, int threads);
}
