package io.firesteel.ptx.engine;

import io.firesteel.loader.file.ByteSize;
import io.firesteel.model.engine.EngineException;
import io.firesteel.ptx.driver.CudaException;
import io.firesteel.ptx.engine.KernelDevice.Recording;
import io.firesteel.ptx.kernel.Kernel;
import io.firesteel.ptx.kernel.KernelSpec;
import io.firesteel.ptx.kernel.Specialiser;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** The rate at which a device reads its memory: a kernel that reads a large buffer once. */
final class ReadCeiling {
  private static final int CHUNK_BYTES = 32 * 1024;
  private static final int RUNS = 10;
  private static final double NANOS_PER_SECOND = 1e9;

  /** CTAs for each multiprocessor that are tried; the best counts. */
  private static final int[] CTAS_PER_MULTIPROCESSOR = {2, 4};

  private final KernelDevice device;
  private final int chunks;

  /**
   * A measurement.
   *
   * @param bytes size of the buffer, much more than the caches hold
   */
  ReadCeiling(KernelDevice device, long bytes) {
    this.device = device;
    this.chunks = Math.toIntExact(bytes / CHUNK_BYTES);
  }

  /**
   * Bytes a second, the best of several runs.
   *
   * @throws EngineException if the buffer does not fit, or the device fails
   */
  double bytesPerSecond() throws EngineException {
    long bytes = (long) chunks * CHUNK_BYTES;
    if (bytes > device.freeBytes()) {
      throw new EngineException(
          "measuring the read ceiling takes "
              + ByteSize.format(bytes)
              + " of device memory and "
              + ByteSize.format(device.freeBytes())
              + " are free on "
              + device.description()
              + ": end other programs on it, or close the model first");
    }
    try (DeviceBuffer source = device.allocate(bytes);
        DeviceBuffer sum = device.allocate(Integer.BYTES)) {
      int expected = fill(source);
      long best = Long.MAX_VALUE;
      for (int ctas : CTAS_PER_MULTIPROCESSOR) {
        best = Math.min(best, nanos(ctas * device.multiprocessors(), source, sum, expected));
      }
      return bytes * NANOS_PER_SECOND / best;
    } catch (CudaException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }

  /**
   * Fills the buffer with one chunk again and again; returns the sum of all its words, modulo 2^32.
   */
  private int fill(DeviceBuffer source) {
    int[] words = new int[CHUNK_BYTES / Integer.BYTES];
    int sum = 0;
    for (int i = 0; i < words.length; i++) {
      words[i] = i * 0x9E3779B9;
      sum += words[i];
    }
    source.write(0, MemorySegment.ofArray(words));
    long filled = CHUNK_BYTES;
    long bytes = (long) chunks * CHUNK_BYTES;
    while (filled < bytes) {
      long more = Math.min(filled, bytes - filled);
      source.move(0, filled, more);
      filled += more;
    }
    return chunks * sum;
  }

  private long nanos(int ctas, DeviceBuffer source, DeviceBuffer sum, int expected)
      throws EngineException {
    Kernel kernel =
        new Specialiser()
            .specialise(KernelSpec.of("stream_read").with("CTAS", ctas), device.target());
    Map<String, Long> arguments =
        Map.of("source", source.address(), "chunks", (long) chunks, "sum", sum.address());
    int[] found = {0};
    sum.write(0, MemorySegment.ofArray(found));
    long best = Long.MAX_VALUE;
    try (Recording recording = device.record(List.of(kernel.launch(arguments)))) {
      for (int run = 0; run < RUNS; run++) {
        best = Math.min(best, recording.time());
      }
    }
    sum.read(0, MemorySegment.ofArray(found));
    if (found[0] != RUNS * expected) {
      throw new EngineException(
          device.description() + " read its memory wrongly: check the card with dcgmi diag");
    }
    return best;
  }
}
