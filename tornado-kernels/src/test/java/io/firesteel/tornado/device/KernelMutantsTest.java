package io.firesteel.tornado.device;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.conformance.Tolerances;
import io.firesteel.model.ops.Op;
import io.firesteel.tornado.kernels.BoundOp;
import io.firesteel.tornado.kernels.KernelTask;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * How much of what can be wrong with the Java kernels the device and the conformance suite find:
 * each barrier is removed, each index shifted and each bounds check dropped, one at a time. What
 * survives is listed; {@code docs/writing-kernels.md} says why.
 */
class KernelMutantsTest {
  private static final int MOST_ITEMS = 50_000;
  private static final double REPORTED = 0.95;

  /** No kernel of these sizes needs as much; some mutants would never end. */
  private static final Patience PATIENCE = new Patience(1_000, 1_000_000);

  /**
   * A case and the classes that its kernels use.
   *
   * @param found mutants that this case has reported
   */
  private record Sample(
      ConformanceCase conformanceCase, Set<String> classes, long nanoseconds, AtomicInteger found) {
    /** What is likely to report a mutant soon goes first. */
    double promise() {
      return (1.0 + found.get()) / nanoseconds;
    }

    boolean finds(JvmDevice device) {
      try (JvmOps ops = new JvmOps(device)) {
        conformanceCase.check(ops, Tolerances.INT8);
        return false;
      } catch (KernelFaultException | AssertionError _) {
        return true;
      }
    }
  }

  @Test
  void nearlyAllMutantsAreReported() throws IOException {
    List<Sample> samples = samples();
    List<Mutant> all = mutants(samples);
    List<Mutant> survivors =
        all.parallelStream().filter(mutant -> !isReported(mutant, samples)).toList();
    Map<Mutant.Kind, int[]> figures = new EnumMap<>(Mutant.Kind.class);
    for (Mutant mutant : all) {
      int[] figure = figures.computeIfAbsent(mutant.kind(), _ -> new int[2]);
      figure[0] += survivors.contains(mutant) ? 0 : 1;
      figure[1]++;
    }
    figures.forEach(
        (kind, figure) ->
            System.out.printf(
                "mutants of Java kernels, %s: %d of %d reported%n",
                kind.name().toLowerCase(Locale.ROOT), figure[0], figure[1]));
    int reported = all.size() - survivors.size();
    System.out.printf(
        "mutants of Java kernels: %d of %d reported, %.1f %%%n",
        reported, all.size(), 100.0 * reported / all.size());
    survivors.forEach(mutant -> System.out.println("  survived: " + mutant));
    assertTrue(reported >= REPORTED * all.size(), () -> "survivors: " + survivors);
  }

  private static boolean isReported(Mutant mutant, List<Sample> samples) {
    byte[] changed = changed(mutant);
    Map<Sample, Double> promising = new HashMap<>();
    for (Sample sample : samples) {
      if (sample.classes().contains(mutant.className())) {
        promising.put(sample, sample.promise());
      }
    }
    Comparator<Map.Entry<Sample, Double>> order = Map.Entry.comparingByValue();
    for (Map.Entry<Sample, Double> entry :
        promising.entrySet().stream().sorted(order.reversed()).toList()) {
      JvmDevice device = new JvmDevice(1, Map.of(mutant.className(), changed), PATIENCE);
      if (entry.getKey().finds(device)) {
        entry.getKey().found().incrementAndGet();
        return true;
      }
    }
    return false;
  }

  private static byte[] changed(Mutant mutant) {
    try {
      return new KernelMutator(classFile(mutant.className())).apply(mutant);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * For each list of kernels that some case runs the two smallest cases, the two smallest that have
   * several rows, the largest, and of those with one row the one with most data; of draws all but
   * those from 100 logits.
   */
  private static List<Sample> samples() {
    Map<String, List<ConformanceCase>> byKernels =
        ConformanceSuite.cases().stream()
            .filter(c -> BoundOp.isSupported(c.call().get()))
            .filter(c -> items(c) < MOST_ITEMS)
            .filter(c -> c.op() != Op.SAMPLE || !c.name().endsWith(" 100 logits"))
            .collect(Collectors.groupingBy(KernelMutantsTest::kernels));
    return byKernels.values().stream()
        .flatMap(KernelMutantsTest::chosen)
        .map(KernelMutantsTest::measured)
        .toList();
  }

  private static Stream<ConformanceCase> chosen(List<ConformanceCase> cases) {
    Comparator<ConformanceCase> smallest = Comparator.comparingLong(KernelMutantsTest::items);
    Stream<ConformanceCase> any = cases.stream().sorted(smallest).limit(2);
    Stream<ConformanceCase> rows =
        cases.stream().filter(c -> c.call().get().rows() > 1).sorted(smallest).skip(2).limit(2);
    Stream<ConformanceCase> largest = cases.stream().max(smallest).stream();
    Stream<ConformanceCase> data =
        cases.stream()
            .filter(c -> c.call().get().rows() == 1)
            .max(Comparator.comparingLong(KernelMutantsTest::bytes))
            .stream();
    return Stream.of(any, rows, largest, data).flatMap(stream -> stream).distinct();
  }

  private static long bytes(ConformanceCase c) {
    return BoundOp.of(c.call().get()).tasks().stream()
        .flatMap(task -> task.arguments().stream())
        .mapToLong(
            argument ->
                argument.value() instanceof TornadoNativeArray array
                    ? array.getNumBytesOfSegment()
                    : 0)
        .sum();
  }

  static long items(ConformanceCase c) {
    return BoundOp.of(c.call().get()).tasks().stream()
        .mapToLong(task -> (long) task.geometry().items())
        .sum();
  }

  /**
   * The kernels of a case with their types, by which cases differ in the code they run. Draws do by
   * what is drawn.
   */
  static String kernels(ConformanceCase c) {
    if (c.op() == Op.SAMPLE) {
      return c.name();
    }
    String types = c.op() == Op.ROUTER ? "" : c.name().replaceAll(".*?([A-Z][A-Z0-9_]+).*", "$1");
    return types
        + BoundOp.of(c.call().get()).tasks().stream()
            .map(KernelTask::name)
            .collect(Collectors.joining(" "));
  }

  private static Sample measured(ConformanceCase c) {
    JvmDevice device = new JvmDevice(1);
    long start = System.nanoTime();
    try (JvmOps ops = new JvmOps(device)) {
      c.check(ops, Tolerances.INT8);
    }
    return new Sample(c, device.usedClasses(), System.nanoTime() - start, new AtomicInteger());
  }

  private static List<Mutant> mutants(List<Sample> samples) throws IOException {
    Set<String> classes = new TreeSet<>();
    samples.forEach(sample -> classes.addAll(sample.classes()));
    List<Mutant> mutants = new ArrayList<>();
    for (String name : classes) {
      mutants.addAll(new KernelMutator(classFile(name)).mutants());
    }
    return mutants;
  }

  static byte[] classFile(String name) throws IOException {
    String resource = "/" + name.replace('.', '/') + ".class";
    try (InputStream in = KernelMutantsTest.class.getResourceAsStream(resource)) {
      return in.readAllBytes();
    }
  }
}
