package io.firesteel.tornado.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.Gguf;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.conformance.ReferenceModel;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.OpCall;
import io.firesteel.model.ops.PreparedOp;
import io.firesteel.model.ops.TimedOps;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OpTunerTest {
  /** Takes the same time for every call of an op, and knows only some ops. */
  private record FakeOps(String name, Map<Op, Long> nanos) implements TimedOps {
    @Override
    public boolean supports(OpCall call) {
      return nanos.containsKey(call.op());
    }

    @Override
    public void run(OpCall call) {
      throw new UnsupportedOperationException("only timed");
    }

    @Override
    public PreparedOp prepare(OpCall call, int copies) {
      return new PreparedOp() {
        @Override
        public long run(int times) {
          if (nanos.get(call.op()) < 0) {
            throw new IllegalStateException("no registers left");
          }
          return times * nanos.get(call.op());
        }

        @Override
        public void fetch() {}

        @Override
        public void close() {}
      };
    }

    @Override
    public void close() {}
  }

  private static TuneReport tune(Map<Op, Long> java, Map<Op, Long> ptx) {
    try (Gguf file = ReferenceModel.open()) {
      ModelWeights weights = ModelWeights.of(file);
      var heads = weights.config().heads();
      KvLayout layout = new KvLayout(KvFormat.F16, heads.keyValues(), heads.size(), 16);
      OpTuner tuner = new OpTuner(new FakeOps("java", java), new FakeOps("ptx", ptx), 3);
      List<TunedOp> ops = ModelCalls.of(weights, layout, 100).stream().map(tuner::measure).toList();
      return new TuneReport("tiny", "a fake device", OptionalDouble.of(1e12), ops);
    }
  }

  @Test
  void theFasterFormOfEachOpWins() {
    TuneReport report =
        tune(
            Map.of(Op.ATTENTION, 4000L, Op.ROUTER, 2000L, Op.EMBED, 1000L),
            Map.of(Op.ATTENTION, 1000L, Op.ROUTER, 3000L));
    Map<String, String> winners =
        report.winners().stream().collect(Collectors.toMap(Winner::key, Winner::form));
    assertEquals(Map.of("attention.f16", "ptx", "router.f32", "java"), winners);
  }

  @Test
  void aFormThatFailsIsReportedAndDoesNotWin() {
    TuneReport report = tune(Map.of(Op.ATTENTION, -1L), Map.of(Op.ATTENTION, 1000L));
    assertTrue(report.winners().isEmpty());
    assertEquals(List.of("attention.f16 as java failed: no registers left"), report.failures());
  }

  @Test
  void everyOpOfAModelIsCalledAsOftenAsATokenNeedsIt() {
    TuneReport report = tune(Map.of(), Map.of());
    assertEquals(
        EnumSet.complementOf(EnumSet.of(Op.SAMPLE)),
        report.ops().stream()
            .map(op -> op.shape().call().op())
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Op.class))));
    int layers =
        report.ops().stream()
            .filter(op -> op.shape().call().op() == Op.ATTENTION)
            .mapToInt(op -> op.shape().times())
            .sum();
    int outputs =
        report.ops().stream()
            .filter(op -> op.shape().call().op() == Op.EXPERT_OUT)
            .mapToInt(op -> op.shape().times())
            .sum();
    assertTrue(layers > 1);
    assertEquals(layers, outputs);
  }

  @Test
  void theTableNamesTimesRatioAndShareOfTheCeiling() {
    TuneReport report = tune(Map.of(Op.ROUTER, 2000L), Map.of(Op.ROUTER, 1000L));
    String row =
        report.table().stream().filter(line -> line.startsWith("router")).findFirst().orElseThrow();
    assertTrue(row.matches("router +f32 .* 2\\.00 +1\\.00 +2\\.00 +\\d+\\.\\d %"), row);
    assertFalse(report.json().isEmpty());
  }
}
