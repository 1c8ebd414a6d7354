package io.firesteel.model.engine;

/**
 * Reads the device that an engine runs on while something is measured on it. Readings that a device
 * does not offer are empty, never guessed.
 *
 * <p>Not safe for use by several threads at once, but for {@link #read}, which may be called on any
 * thread while the engine computes.
 */
public interface DeviceMeter extends AutoCloseable {
  /** What the device is; does not change. */
  DeviceIdentity identity();

  /** The state at this moment. Cheap: may be called many times a second. */
  DeviceReading read();

  /**
   * Measures the rate at which the device can read its main memory: a kernel that streams once
   * through a buffer much larger than the caches and does nothing else, the best of several runs.
   * Takes memory and some tenths of a second.
   *
   * @return bytes a second
   * @throws EngineException if there is not enough memory for the buffer, or the device fails
   */
  double measureReadCeiling() throws EngineException;

  @Override
  void close();
}
