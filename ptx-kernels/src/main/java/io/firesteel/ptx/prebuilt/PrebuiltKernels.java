package io.firesteel.ptx.prebuilt;

import io.firesteel.loader.TensorType;
import io.firesteel.model.engine.HandKernel;
import io.firesteel.model.engine.HandKernel.Parameter;
import io.firesteel.model.engine.HandKernels;
import io.firesteel.model.ops.Attention;
import io.firesteel.model.ops.OpCall;
import io.firesteel.ptx.kernel.Kernel;
import io.firesteel.ptx.kernel.KernelSpec;
import io.firesteel.ptx.kernel.Launch;
import io.firesteel.ptx.kernel.Specialiser;
import io.firesteel.ptx.kernel.Target;
import io.firesteel.ptx.kernel.TemplateException;
import io.firesteel.ptx.kernel.WeightPacking;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The templates of this module, specialised for other engines' graphs. */
public final class PrebuiltKernels implements HandKernels {
  /** The oldest architecture: other engines choose the header, and may choose a modest one. */
  private static final Target TARGET = Target.SM_80;

  /** Stands in the code for the name that the entry function will have; occurs nowhere else. */
  private static final String ENTRY = "firesteel_entry_of_this_kernel";

  private final Specialiser specialiser = new Specialiser();

  /** A model asks for the same kernels in every layer. */
  private final Map<KernelSpec, Kernel> specialised = new ConcurrentHashMap<>();

  /** For {@link java.util.ServiceLoader}. */
  public PrebuiltKernels() {}

  @Override
  public Optional<HandKernel> find(OpCall call, int multiprocessors) {
    CallSpec specs = new CallSpec(multiprocessors);
    try {
      return specs.of(call).map(spec -> kernel(spec, call, specs));
    } catch (TemplateException e) {
      return Optional.empty(); // a .check of the template refuses the shape
    }
  }

  private HandKernel kernel(KernelSpec spec, OpCall call, CallSpec specs) {
    Kernel kernel =
        specialised.computeIfAbsent(spec, s -> specialiser.specialiseForTornado(s, TARGET, ENTRY));
    int splits = call instanceof Attention attention ? specs.splits(attention) : 1;
    Map<String, Parameter> known = CallParameters.of(call, splits);
    List<Parameter> parameters =
        kernel.parameters().stream().map(p -> meaning(p.name(), known, spec)).toList();
    Launch launch = kernel.launch(arguments(kernel, known));
    return new HandKernel(
        spec.entry(),
        launch.gridX(),
        launch.gridY(),
        launch.gridZ(),
        kernel.block(),
        parameters,
        entry -> kernel.code().replace(ENTRY, entry));
  }

  private static Parameter meaning(String name, Map<String, Parameter> known, KernelSpec spec) {
    Parameter parameter = known.get(name);
    if (parameter == null) {
      throw new IllegalStateException("parameter " + name + " of " + spec + " has no meaning");
    }
    return parameter;
  }

  /** The grid depends on scalars only. */
  private static Map<String, Long> arguments(Kernel kernel, Map<String, Parameter> known) {
    Map<String, Long> arguments = new HashMap<>();
    for (var p : kernel.parameters()) {
      boolean scalar = known.get(p.name()) instanceof Parameter.Scalar;
      arguments.put(
          p.name(), scalar ? (long) ((Parameter.Scalar) known.get(p.name())).value() : 0L);
    }
    return arguments;
  }

  @Override
  public void pack(TensorType type, MemorySegment blocks, MemorySegment target) {
    WeightPacking.of(type).pack(blocks, target);
  }
}
