package io.firesteel.ptx.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.conformance.ReferenceModel;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.ptx.kernel.Target;
import io.firesteel.ptx.sim.SimDevice;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepProfilerTest {
  @Test
  void everyKernelOfADecodeStepIsTimedWithTheWeightsItReads() throws EngineException {
    try (Gguf file = ReferenceModel.open()) {
      ModelWeights weights = ModelWeights.of(file);
      SimDevice device = new SimDevice(3, Target.SM_90, 2, true);
      EngineOptions options = new EngineOptions(1, 32, KvFormat.F16, 16, 2);
      try (StepProfiler profiler =
          new StepProfiler(PtxEngine.open(device, weights, options, Progress.NONE))) {
        List<KernelTime> times = profiler.decode(1, 3, 1);
        KernelTime step = times.getLast();
        assertEquals("step", step.kernel());
        List<KernelTime> parts = times.subList(0, times.size() - 1);
        assertEquals(step.launches(), parts.stream().mapToInt(KernelTime::launches).sum());
        assertEquals(step.bytes(), parts.stream().mapToLong(KernelTime::bytes).sum());
        assertEquals(
            weights.output().data().byteSize(),
            parts.stream().filter(t -> t.kernel().equals("logits")).findFirst().get().bytes());
        assertTrue(times.stream().allMatch(time -> time.micros() > 0));
      }
    }
  }
}
