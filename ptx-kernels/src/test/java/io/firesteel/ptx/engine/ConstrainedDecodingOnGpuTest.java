package io.firesteel.ptx.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import io.firesteel.model.grammar.Grammar;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.ptx.driver.RequiresGpu;
import io.firesteel.ptx.engine.ConstrainedRates.Answer;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers under constraints, drawn on the device: those that the host would have drawn. */
@RequiresGpu
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConstrainedDecodingOnGpuTest {
  private static final int TOKENS = 200;

  private Model model;

  @BeforeAll
  void open() throws IOException {
    model =
        Model.embedded(
            ModelOptions.builder().engine("ptx").contextLength(512).cacheTokens(4096).build());
  }

  @AfterAll
  void close() {
    model.close();
  }

  static Stream<Arguments> ways() {
    return Stream.of(ConstrainedRates.LETTERS, ConstrainedRates.CITIES)
        .flatMap(
            grammar ->
                Stream.of(
                        SamplingParameters.GREEDY,
                        SamplingParameters.DEFAULT.toBuilder().seed(7).build(),
                        SamplingParameters.DEFAULT.toBuilder()
                            .topK(0)
                            .topP(1)
                            .minP(0)
                            .temperature(1)
                            .seed(8)
                            .build())
                    .map(sampling -> Arguments.of(grammar, sampling)));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void textsAreThoseThatTheHostDraws(Grammar grammar, SamplingParameters sampling) {
    Answer onDevice = ConstrainedRates.answer(model, grammar, sampling, TOKENS);
    Answer onHost =
        ConstrainedRates.answer(model, grammar, ConstrainedRates.onHost(sampling), TOKENS);
    assertEquals(onHost.text(), onDevice.text());
    assertTrue(onDevice.tokens() > 30, onDevice::text);
    System.out.printf(
        "%s, temperature %.1f: %d tokens, %d forced, %.0f tok/s on the device, %.0f on the host%n",
        grammar,
        sampling.temperature(),
        onDevice.tokens(),
        onDevice.forced(),
        onDevice.rate(),
        onHost.rate());
  }
}
