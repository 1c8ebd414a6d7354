package io.firesteel.ptx.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.engine.HandKernel;
import io.firesteel.model.ops.Op;
import io.firesteel.ptx.prebuilt.PrebuiltKernels;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The kernels as TornadoVM takes them: behind its own header, its context before all else. */
class PrebuiltAssemblyTest {
  private static final int MULTIPROCESSORS = 132;
  private static final String HEADER = ".version 7.6\n.target sm_86\n.address_size 64\n";

  private static Map<String, HandKernel> kernels() {
    PrebuiltKernels all = new PrebuiltKernels();
    Map<String, HandKernel> kernels = new LinkedHashMap<>();
    for (ConformanceCase c : ConformanceSuite.cases()) {
      all.find(c.call().get(), MULTIPROCESSORS).ifPresent(k -> kernels.put(k.name(), k));
    }
    return kernels;
  }

  @Test
  void everyOpButSamplingHasAKernel() {
    PrebuiltKernels all = new PrebuiltKernels();
    Set<Op> found =
        ConformanceSuite.cases().stream()
            .filter(c -> all.find(c.call().get(), MULTIPROCESSORS).isPresent())
            .map(ConformanceCase::op)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Op.class)));
    assertEquals(EnumSet.complementOf(EnumSet.of(Op.SAMPLE)), found);
  }

  @Test
  void theCodeHasNoHeaderAndAParameterForTheContextAndEachArgument() {
    kernels()
        .forEach(
            (name, kernel) -> {
              String code = kernel.code().apply("entry_" + name);
              assertFalse(code.contains(".version") || code.contains(".target"), name);
              assertTrue(code.contains(".entry entry_" + name), name);
              long parameters =
                  code.lines().filter(line -> line.strip().startsWith(".param .u64 ")).count();
              assertEquals(1 + kernel.parameters().size(), parameters, name);
              assertTrue(code.contains(".maxntid " + kernel.threads() + ", 1, 1"), name);
            });
  }

  @Test
  void everyKernelAssemblesBehindTornadosHeader() {
    Optional<Assembler> assembler = Assembler.forTarget(Target.SM_90);
    assumeTrue(assembler.isPresent(), "no kernel was assembled: no assembler for sm_90 is there");
    Map<String, HandKernel> kernels = kernels();
    String module =
        kernels.values().stream()
            .map(kernel -> kernel.code().apply(kernel.name()))
            .collect(Collectors.joining("\n", HEADER, ""));
    assertEquals(kernels.keySet(), assembler.get().assemble(module, Target.SM_90).keySet());
  }
}
