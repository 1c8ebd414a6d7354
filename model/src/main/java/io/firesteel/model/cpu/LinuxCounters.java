package io.firesteel.model.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * What Linux tells about the processor in files; everything is empty where there are none, or they
 * may not be read.
 *
 * @param root folder that holds {@code proc} and {@code sys}
 */
record LinuxCounters(Path root) {
  /** The running system. */
  static final LinuxCounters SYSTEM = new LinuxCounters(Path.of("/"));

  private static final double MICRO = 1e-6;

  /** Product name of the processor. */
  Optional<String> processor() {
    return values("proc/cpuinfo", "model name").findFirst();
  }

  /** The fastest core's clock at this moment in MHz. */
  OptionalInt clockMhz() {
    DoubleStream clocks = values("proc/cpuinfo", "cpu MHz").mapToDouble(Double::parseDouble);
    return clocks.max().stream().mapToInt(mhz -> (int) Math.round(mhz)).findAny();
  }

  /** Bytes of memory. */
  OptionalLong memoryBytes() {
    return kibibytes("MemTotal");
  }

  /** Bytes of memory in use by all programs. */
  OptionalLong memoryUsedBytes() {
    OptionalLong available = kibibytes("MemAvailable");
    OptionalLong total = memoryBytes();
    return total.isPresent() && available.isPresent()
        ? OptionalLong.of(total.getAsLong() - available.getAsLong())
        : OptionalLong.empty();
  }

  /** Joules drawn by all packages since they were switched on (RAPL). */
  OptionalDouble joules() {
    Path folder = root.resolve("sys/class/powercap");
    try (Stream<Path> zones = Files.list(folder)) {
      double[] joules =
          zones
              .filter(zone -> zone.getFileName().toString().matches("intel-rapl:\\d+"))
              .mapToDouble(LinuxCounters::joules)
              .toArray();
      boolean complete = joules.length > 0 && Arrays.stream(joules).noneMatch(Double::isNaN);
      return complete ? OptionalDouble.of(Arrays.stream(joules).sum()) : OptionalDouble.empty();
    } catch (IOException e) {
      return OptionalDouble.empty();
    }
  }

  private static double joules(Path zone) {
    try {
      return Long.parseLong(Files.readString(zone.resolve("energy_uj")).strip()) * MICRO;
    } catch (IOException e) {
      return Double.NaN; // readable by root alone on most systems
    }
  }

  private OptionalLong kibibytes(String field) {
    return values("proc/meminfo", field)
        .mapToLong(value -> Long.parseLong(value.replace(" kB", "")) << 10)
        .findFirst();
  }

  private Stream<String> values(String file, String field) {
    return lines(root.resolve(file)).stream()
        .map(line -> line.split("\\s*:\\s*", 2))
        .filter(parts -> parts.length == 2 && parts[0].equals(field))
        .map(parts -> parts[1].strip());
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
