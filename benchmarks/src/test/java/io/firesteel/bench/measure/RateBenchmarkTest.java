package io.firesteel.bench.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.bench.measure.RateBenchmark.Repeats;
import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import io.firesteel.model.engine.DeviceMeter;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.sampling.SamplingParameters;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RateBenchmarkTest {
  private static final int PAGE = EngineOptions.DEFAULT_PAGE_TOKENS;

  @ParameterizedTest
  @EnumSource(CacheFill.class)
  void decodesWhileTheCacheHoldsJustTheContext(CacheFill fill) throws Exception {
    RatePlan plan = new RatePlan(List.of(300, 0, 150), 3, List.of(), List.of(), false);
    ModelOptions options =
        ModelOptions.builder()
            .engine("cpu")
            .contextLength(plan.longestSession())
            .cacheTokens(plan.cacheTokens(PAGE))
            .build();
    try (Model model = Model.embedded(options);
        DeviceMeter meter = Meters.open("cpu", model.device(), 1);
        RateBenchmark benchmark =
            new RateBenchmark(
                model, new DeviceWatch(meter), new Repeats(0, Duration.ZERO, 2), fill)) {
      int longest = 0;
      for (int context : plan.contexts()) {
        Measured measured = benchmark.decode(context, 3, SamplingParameters.GREEDY);
        assertEquals(2, measured.rates().values().length);
        assertEquals(6, measured.tokens());
        longest = Math.max(longest, Math.ceilDiv(context, PAGE));
        assertTrue(
            model.cache().usedPages() >= longest,
            "%d pages for %d positions".formatted(model.cache().usedPages(), context));
      }
      // shorter contexts share the longest one's pages, but for the page they write to
      assertTrue(model.cache().usedPages() <= longest + plan.contexts().size());
    }
  }
}
