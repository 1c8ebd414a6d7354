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
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answers under constraints, drawn on the device: those that the host would have drawn. */
@RequiresGpu
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConstrainedDecodingOnGpuTest {
  private static final int TOKENS = 200;
  private static final int SAME_CHARACTERS = 60;

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

  static Stream<SamplingParameters> ways() {
    return Stream.of(
        SamplingParameters.GREEDY,
        SamplingParameters.DEFAULT.toBuilder().seed(7).build(),
        SamplingParameters.DEFAULT.toBuilder()
            .topK(0)
            .topP(1)
            .minP(0)
            .temperature(1)
            .seed(8)
            .build());
  }

  @ParameterizedTest
  @MethodSource("ways")
  void textsAreThoseThatTheHostDraws(SamplingParameters sampling) {
    Answer onDevice = ConstrainedRates.answer(model, ConstrainedRates.LETTERS, sampling, TOKENS);
    Answer onHost = onHost(ConstrainedRates.LETTERS, sampling);
    assertEquals(onHost.text(), onDevice.text());
    assertTrue(onDevice.tokens() > 30, onDevice::text);
  }

  /**
   * Forced tokens pass through the model together with the token before them when the host draws,
   * and without it when the device does. Sums in another order end in other bits, so that sooner or
   * later a draw falls the other way.
   */
  @ParameterizedTest
  @MethodSource("ways")
  void textsWithForcedTokensBeginAsOnTheHostAndFitTheirSchema(SamplingParameters sampling) {
    Answer onDevice = ConstrainedRates.answer(model, ConstrainedRates.CITIES, sampling, TOKENS);
    Answer onHost = onHost(ConstrainedRates.CITIES, sampling);
    assertEquals(
        onHost.text().substring(0, SAME_CHARACTERS), onDevice.text().substring(0, SAME_CHARACTERS));
    assertTrue(onDevice.forced() > 30, onDevice::text);
    JsonNode cities = JsonMapper.shared().readTree(onDevice.text()).get("cities");
    assertTrue(cities.size() >= 4, onDevice::text);
    cities.forEach(
        city -> {
          assertTrue(city.get("name").stringValue().length() <= 24, city::toString);
          assertTrue(city.get("population").longValue() >= 0, city::toString);
          assertTrue(city.get("capital").isBoolean(), city::toString);
        });
  }

  private Answer onHost(Grammar grammar, SamplingParameters sampling) {
    return ConstrainedRates.answer(model, grammar, ConstrainedRates.onHost(sampling), TOKENS);
  }
}
