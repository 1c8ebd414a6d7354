package io.firesteel.tornado.engine;

import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.DecodeRequest;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.ops.Rows;
import io.firesteel.model.sampling.History;
import io.firesteel.model.sampling.Penalties;
import io.firesteel.model.sampling.Sampler;
import io.firesteel.model.sampling.SamplingParameters;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Continuations whose tokens the device draws, beside those that the host draws from its logits.
 */
final class DrawnTokens {
  private static final int COUNT = 24;
  private static final int PAGES = 16;

  private DrawnTokens() {}

  /** Ways to draw, and what is particular about each. */
  static Map<String, SamplingParameters> ways() {
    SamplingParameters plain =
        SamplingParameters.DEFAULT.toBuilder().topK(0).topP(1).minP(0).temperature(1).build();
    Map<String, SamplingParameters> ways = new LinkedHashMap<>();
    ways.put("default", SamplingParameters.DEFAULT);
    ways.put("hot", plain.toBuilder().temperature(1.5f).seed(3).build());
    ways.put("nucleus", plain.toBuilder().topP(0.8f).seed(4).build());
    ways.put("min-p", plain.toBuilder().minP(0.05f).seed(5).build());
    ways.put(
        "penalties",
        plain.toBuilder().topK(20).penalties(new Penalties(16, 1.2f, 0.1f, 0.2f)).build());
    ways.put(
        "greedy with bias", SamplingParameters.GREEDY.toBuilder().logitBias(Map.of(5, 3f)).build());
    return ways;
  }

  /** The device's tokens, and the host's. */
  static List<int[]> onDeviceAndHost(Engine engine, int[] prompt, SamplingParameters parameters)
      throws EngineException {
    int[] pages = IntStream.range(0, PAGES).toArray();
    int last = prompt.length - 1;
    float[] logits = new float[engine.vocabulary()];
    Rows before = Rows.ofSequence(0, prompt.length, pages);
    engine.forward(new Batch(prompt, before, new int[] {last}), logits);
    int[] onDevice =
        engine
            .deviceDecoder()
            .orElseThrow()
            .decode(
                new DecodeRequest(
                    prompt[last], last, pages, COUNT, parameters, prompt, 0, new int[0]));
    int[] history = Arrays.copyOf(prompt, prompt.length + COUNT);
    Sampler sampler = new Sampler(parameters, engine.vocabulary());
    for (int i = 0; i < COUNT; i++) {
      int at = last + i;
      engine.forward(
          new Batch(new int[] {history[at]}, Rows.ofSequence(at, 1, pages), new int[] {0}), logits);
      history[at + 1] = sampler.sample(logits, 0, new History(history, at + 1), i);
    }
    return List.of(onDevice, Arrays.copyOfRange(history, prompt.length, history.length));
  }
}
