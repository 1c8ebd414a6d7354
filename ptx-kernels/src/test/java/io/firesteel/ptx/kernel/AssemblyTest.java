package io.firesteel.ptx.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every kernel assembles for every architecture within the limits that its head states. */
@Execution(ExecutionMode.CONCURRENT)
class AssemblyTest {
  @ParameterizedTest
  @EnumSource(Target.class)
  void everyKernelAssemblesWithinItsLimits(Target target) {
    assumeTrue(Ptxas.knows(target), "no ptxas that knows " + target.label() + " is installed");
    Specialiser specialiser = new Specialiser();
    Map<String, Kernel> kernels = new LinkedHashMap<>();
    for (KernelSpec spec : KernelSet.all()) {
      Kernel kernel = specialiser.specialise(spec, target);
      kernels.put(kernel.entry(), kernel);
    }
    Map<String, Ptxas.Usage> usages =
        Ptxas.assemble(Kernel.module(List.copyOf(kernels.values())), target);
    assertEquals(kernels.keySet(), usages.keySet(), "assembled entries");
    List<String> excesses = new ArrayList<>();
    kernels.forEach((entry, kernel) -> check(kernel, usages.get(entry), excesses));
    assertEquals(List.of(), excesses, target.label());
  }

  private static void check(Kernel kernel, Ptxas.Usage usage, List<String> excesses) {
    Limits limits = kernel.limits();
    if (usage.registers() > limits.registers()
        || usage.spillBytes() > 0
        || usage.stackBytes() > 0
        || usage.sharedBytes() > limits.sharedBytes()) {
      excesses.add(kernel.spec() + " uses " + usage + ", expected at most " + limits);
    }
  }
}
