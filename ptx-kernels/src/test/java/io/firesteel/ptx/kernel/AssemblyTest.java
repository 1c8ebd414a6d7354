package io.firesteel.ptx.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every kernel assembles for every architecture within the limits that its head states; with more
 * work for each CTA, for one architecture of each size of shared memory, or all ({@code
 * -Dassembly.all=true}).
 */
@Execution(ExecutionMode.CONCURRENT)
class AssemblyTest {
  private static final int MULTIPROCESSORS = 132;
  private static final Set<Target> FAT =
      Boolean.getBoolean("assembly.all")
          ? EnumSet.allOf(Target.class)
          : EnumSet.of(Target.SM_80, Target.SM_86, Target.SM_90, Target.SM_120);

  @ParameterizedTest
  @EnumSource(Target.class)
  void everyKernelAssemblesWithinItsLimits(Target target) {
    Optional<Assembler> assembler = Assembler.forTarget(target);
    assumeTrue(
        assembler.isPresent(),
        "no kernel was assembled for " + target.label() + ": no ptxas that knows it is installed");
    Map<String, Kernel> kernels = new LinkedHashMap<>();
    Specialiser specialiser = new Specialiser();
    for (KernelSpec spec : KernelSet.all()) {
      Kernel kernel = specialiser.specialise(spec, target);
      kernels.put(kernel.entry(), kernel);
      if (FAT.contains(target)) {
        Kernel fat = specialiser.specialise(new FatCtas(target, MULTIPROCESSORS).of(spec), target);
        kernels.put(fat.entry(), fat);
      }
    }
    check(kernels, assembler.get(), target);
  }

  /** The other assembler is there on machines without a toolkit; one kernel shows that it works. */
  @Test
  void jcudaAssemblesToo() {
    JCudaAssembler assembler = new JCudaAssembler();
    assumeTrue(
        assembler.knows(Target.SM_90), "JCuda's PTX compiler has no natives for this platform");
    KernelSpec spec = KernelSet.all().getFirst();
    Kernel kernel = new Specialiser().specialise(spec, Target.SM_90);
    check(Map.of(kernel.entry(), kernel), assembler, Target.SM_90);
  }

  private static void check(Map<String, Kernel> kernels, Assembler assembler, Target target) {
    Map<String, Assembler.Usage> usages =
        assembler.assemble(Kernel.module(List.copyOf(kernels.values())), target);
    assertEquals(kernels.keySet(), usages.keySet(), "assembled entries");
    List<String> excesses = new ArrayList<>();
    kernels.forEach(
        (entry, kernel) -> {
          Assembler.Usage usage = usages.get(entry);
          if (!within(usage, kernel.limits())) {
            excesses.add(kernel.spec() + " uses " + usage + ", limits " + kernel.limits());
          }
        });
    assertTrue(excesses.isEmpty(), () -> target.label() + ": " + excesses);
  }

  private static boolean within(Assembler.Usage usage, Limits limits) {
    return usage.registers() <= limits.registers()
        && usage.spillBytes() == 0
        && usage.stackBytes() == 0
        && usage.sharedBytes() <= limits.sharedBytes();
  }
}
