package io.firesteel.ptx.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.conformance.Tolerances;
import io.firesteel.model.engine.OpsProvider;
import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.Ops;
import io.firesteel.model.ops.PreparedOp;
import io.firesteel.model.ops.Sample;
import io.firesteel.model.sampling.History;
import io.firesteel.model.sampling.Sampler;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.ptx.kernel.Target;
import io.firesteel.ptx.sim.SimDevice;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ops prepared once and run many times, interpreted. */
class PreparedOpsTest {
  private static final int COPIES = 2;

  private final PtxOps ops =
      new PtxOps("ptx (interpreted)", new SimDevice(7, Target.SM_90, 4, true));

  @AfterEach
  void close() {
    ops.close();
  }

  /** Runs each call as a benchmark would: several times, and then once more for its result. */
  private record Repeated(PtxOps ops) implements Ops {
    @Override
    public String name() {
      return ops.name();
    }

    @Override
    public boolean supports(OpCall call) {
      return ops.supports(call);
    }

    @Override
    public void run(OpCall call) {
      try (PreparedOp prepared = ops.prepare(call, COPIES)) {
        assertTrue(prepared.run(COPIES + 1) > 0, "nanoseconds");
        prepared.run(1);
        prepared.fetch();
      }
    }

    @Override
    public void close() {
      ops.close();
    }
  }

  @ParameterizedTest
  @EnumSource(value = Op.class, mode = EnumSource.Mode.EXCLUDE, names = "SAMPLE")
  void repetitionChangesNoResult(Op op) {
    ConformanceCase first =
        ConformanceSuite.cases().stream()
            .filter(c -> c.op() == op && ops.supports(c.call().get()))
            .findFirst()
            .orElseThrow();
    first.check(new Repeated(ops), Tolerances.INT8);
  }

  @Test
  void sampledTokensAreThoseOfTheHost() {
    for (SamplingParameters p :
        new SamplingParameters[] {SamplingParameters.GREEDY, SamplingParameters.DEFAULT}) {
      Sample call = sample(p, spread(2 * 500));
      new Repeated(ops).run(call);
      Sampler sampler = new Sampler(p, 500);
      assertEquals(sampler.sample(call.logits(), 0, History.of(1, 2), 3), call.tokens()[0]);
      assertEquals(sampler.sample(call.logits(), 500, History.of(), 4), call.tokens()[1]);
    }
  }

  @Test
  void whatTheKernelLeavesIsDrawnByTheHost() {
    SamplingParameters p = SamplingParameters.DEFAULT.toBuilder().topK(0).topP(0.9f).build();
    Sample call = sample(p, new float[2 * 20_000]);
    ops.run(call);
    Sampler sampler = new Sampler(p, 20_000);
    assertArrayEquals(
        new int[] {
          sampler.sample(call.logits(), 0, History.of(1, 2), 3),
          sampler.sample(call.logits(), 20_000, History.of(), 4)
        },
        call.tokens());
  }

  @Test
  void providerIsRegistered() {
    assertTrue(
        ServiceLoader.load(OpsProvider.class).stream()
            .anyMatch(provider -> provider.type() == PtxOpsProvider.class));
  }

  private static Sample sample(SamplingParameters p, float[] logits) {
    return new Sample(logits, p, new int[][] {{1, 2}, {}}, new long[] {3, 4}, new int[2]);
  }

  private static float[] spread(int count) {
    Random random = new Random(8);
    float[] logits = new float[count];
    for (int i = 0; i < count; i++) {
      logits[i] = (float) (3 * random.nextGaussian());
    }
    return logits;
  }
}
