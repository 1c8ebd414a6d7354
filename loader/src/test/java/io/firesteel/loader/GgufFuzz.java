package io.firesteel.loader;

import com.sun.management.ThreadMXBean;
import io.firesteel.loader.MetadataValue.BoolValue;
import io.firesteel.loader.MetadataValue.FloatValue;
import io.firesteel.loader.MetadataValue.IntegerValue;
import io.firesteel.loader.MetadataValue.NumberArray;
import io.firesteel.loader.MetadataValue.StringArray;
import io.firesteel.loader.MetadataValue.StringValue;
import io.firesteel.loader.blocks.BlockCodec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Opens damaged files and uses what opens. Each file must be refused with a {@link GgufException}
 * or be usable in all its parts, quickly and with little memory; anything else ends the run and
 * names the seed that leads there.
 *
 * <p>{@code mvn -q -pl loader -Pfuzz process-test-classes -Dfuzz.count=1000000 -Dfuzz.seed=1}
 */
public final class GgufFuzz {
  /** Every so many files one goes through the file system instead of memory. */
  private static final int FILE_EVERY = 50;

  private static final int DEQUANTISED = 512;
  private static final int WARM_UP = 200;

  private final List<byte[]> seeds = FuzzSeeds.all();
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Path file;
  private long refused;
  private long accepted;
  private long slowestNanos;
  private long slowestSeed;
  private long mostBytes;
  private double mostTimes;
  private long mostTimesSeed;
  private long checksum;

  /** A run that writes its files to {@code file}. */
  GgufFuzz(Path file) {
    this.file = file;
  }

  /**
   * Figures of a run.
   *
   * @param refused files that ended in a {@link GgufException}
   * @param accepted files that could be used
   * @param slowestMillis time of the slowest file
   * @param slowestSeed seed of that file
   * @param mostBytes what the JVM allocated to open and use the most demanding file
   * @param mostTimes the same in times a file's size, for files of more than 4 kB
   * @param mostTimesSeed seed of the latter file
   */
  record Figures(
      long refused,
      long accepted,
      double slowestMillis,
      long slowestSeed,
      long mostBytes,
      double mostTimes,
      long mostTimesSeed) {}

  /** Arguments: number of files, seed of the first. */
  public static void main(String[] arguments) throws IOException {
    int count = Integer.parseInt(arguments[0]);
    long seed = Long.parseLong(arguments[1]);
    Path file = Files.createTempFile("fuzz", ".gguf");
    try {
      long start = System.nanoTime();
      Figures figures = new GgufFuzz(file).run(count, seed);
      System.out.println(describe(figures, count, seed, System.nanoTime() - start));
    } finally {
      Files.delete(file);
    }
  }

  /** A line for people. */
  static String describe(Figures figures, int count, long seed, long nanos) {
    return String.format(
        Locale.ROOT,
        "%d mutated files from seed %d in %.1f s: %d refused, %d accepted; slowest %.2f ms (seed"
            + " %d); most memory for one file %.2f MB, at most %.1f times its size (seed %d); peak"
            + " heap %.1f MB",
        count,
        seed,
        nanos / 1e9,
        figures.refused(),
        figures.accepted(),
        figures.slowestMillis(),
        figures.slowestSeed(),
        figures.mostBytes() / 1e6,
        figures.mostTimes(),
        figures.mostTimesSeed(),
        peakHeap() / 1e6);
  }

  private static long peakHeap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getPeakUsage)
        .mapToLong(usage -> usage.getUsed())
        .sum();
  }

  /** Tries {@code count} files; the file number i is made from {@code seed + i} alone. */
  Figures run(int count, long seed) throws IOException {
    for (int i = 0; i < WARM_UP; i++) {
      tryOne(seed + i); // loads classes, which would count as the first files' time and memory
    }
    slowestNanos = refused = accepted = mostBytes = 0;
    mostTimes = 0;
    for (int i = 0; i < count; i++) {
      tryOne(seed + i);
    }
    return new Figures(
        refused, accepted, slowestNanos / 1e6, slowestSeed, mostBytes, mostTimes, mostTimesSeed);
  }

  private void tryOne(long seed) throws IOException {
    byte[] image = new Mutator(seeds, seed).next();
    try {
      tryOne(image, seed);
    } catch (RuntimeException | Error e) {
      throw new AssertionError("seed " + seed + " (" + image.length + " bytes)", e);
    }
  }

  private void tryOne(byte[] image, long seed) throws IOException {
    boolean throughFile = seed % FILE_EVERY == 0;
    if (throughFile) {
      Files.write(file, image);
    }
    long bytesBefore = threads.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    try (Gguf gguf =
        throughFile ? Gguf.open(file) : Gguf.of("fuzz", MemorySegment.ofArray(image))) {
      use(gguf);
      accepted++;
    } catch (GgufException e) {
      checksum += e.getMessage().length();
      refused++;
    }
    long nanos = System.nanoTime() - start;
    long bytes = threads.getCurrentThreadAllocatedBytes() - bytesBefore;
    if (nanos > slowestNanos) {
      slowestNanos = nanos;
      slowestSeed = seed;
    }
    mostBytes = Math.max(mostBytes, bytes);
    double times = (double) bytes / image.length;
    if (image.length > 4096 && times > mostTimes) {
      mostTimes = times;
      mostTimesSeed = seed;
    }
  }

  private void use(Gguf gguf) {
    Metadata metadata = gguf.metadata();
    metadata.values().forEach((key, value) -> checksum += use(metadata, key, value));
    for (Tensor tensor : gguf.tensors()) {
      checksum += tensor.toString().length() + tensor.rows() + tensor.rowBytes();
      if (tensor.type().isReadable()) {
        use(tensor);
      }
    }
  }

  private static long use(Metadata metadata, String key, MetadataValue value) {
    return value.toString().length()
        + switch (value) {
          case IntegerValue(ValueType type, long number) ->
              type == ValueType.UINT64 && number < 0 ? 1 : metadata.integer(key);
          case FloatValue _ -> Double.doubleToLongBits(metadata.floating(key));
          case BoolValue _ -> metadata.bool(key) ? 1 : 0;
          case StringValue _ -> metadata.string(key).length();
          case StringArray _ -> metadata.strings(key).stream().mapToLong(String::length).sum();
          case NumberArray _ -> metadata.floats(key).length;
        };
  }

  private void use(Tensor tensor) {
    int block = tensor.type().blockSize();
    int count = (int) Math.min(tensor.elements(), Math.max(block, DEQUANTISED));
    float[] numbers = new float[count];
    BlockCodec codec = BlockCodec.of(tensor.type());
    codec.dequantise(tensor.data(), 0, numbers, 0, count);
    checksum += Float.floatToIntBits(numbers[0]);
    long end = tensor.bytes() - tensor.type().bytes(count);
    codec.dequantise(tensor.data(), end, numbers, 0, count);
    checksum += Float.floatToIntBits(numbers[count - 1]);
  }

  @Override
  public String toString() {
    return "fuzz run, checksum " + checksum;
  }
}
