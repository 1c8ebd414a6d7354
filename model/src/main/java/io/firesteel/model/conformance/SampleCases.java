package io.firesteel.model.conformance;

import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.Sample;
import io.firesteel.model.sampling.Penalties;
import io.firesteel.model.sampling.SamplingParameters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Draws with each parameter by itself and with several, from few and from many logits, and ties.
 */
final class SampleCases {
  private static final int FEW = 100;
  private static final int MANY = 2500;

  private final List<ConformanceCase> cases = new ArrayList<>();

  List<ConformanceCase> all() {
    for (Map.Entry<String, SamplingParameters> entry : parameters().entrySet()) {
      String what = entry.getKey();
      SamplingParameters how = entry.getValue();
      add(
          "sample %s of 100 logits".formatted(what),
          data -> sample(data, logits(data, 2 * FEW), 2, how));
      add(
          "sample %s of 2500 logits".formatted(what),
          data -> sample(data, logits(data, MANY), 1, how));
    }
    SamplingParameters nucleus = parameters().get("by default").toBuilder().topP(0.5f).build();
    add("sample of 1 logit", data -> sample(data, data.normal(1, 1), 1, nucleus));
    add("sample of 2 logits", data -> sample(data, data.normal(4, 1), 2, nucleus));
    add("sample of 1100 equal logits", data -> sample(data, new float[1100], 1, nucleus));
    for (int k : new int[] {8, 1060}) {
      SamplingParameters likeliest = parameters().get("any").toBuilder().topK(k).build();
      add(
          "sample the %d likeliest of 1100 logits with ties".formatted(k),
          data -> sample(data, withTies(4, 1100), 4, likeliest));
    }
    add(
        "sample the likeliest of 1100 equal logits",
        data -> sample(data, new float[1100], 1, SamplingParameters.GREEDY));
    return cases;
  }

  private static Map<String, SamplingParameters> parameters() {
    SamplingParameters plain =
        SamplingParameters.DEFAULT.toBuilder().topK(0).topP(1).minP(0).temperature(1).build();
    Map<String, SamplingParameters> named = new LinkedHashMap<>();
    named.put("the likeliest", SamplingParameters.GREEDY);
    named.put("by default", SamplingParameters.DEFAULT);
    named.put("any", plain);
    named.put("any, hot", plain.toBuilder().temperature(1.7f).build());
    named.put("the 5 likeliest", plain.toBuilder().topK(5).build());
    named.put("the 300 likeliest", plain.toBuilder().topK(300).minP(0.01f).build());
    named.put("the nucleus", plain.toBuilder().topP(0.9f).build());
    named.put("a large nucleus", plain.toBuilder().topK(1050).topP(0.999f).build());
    named.put(
        "a small nucleus", plain.toBuilder().temperature(0.5f).topP(0.3f).minP(0.02f).build());
    named.put("the likely", plain.toBuilder().minP(0.1f).build());
    named.put(
        "the new",
        plain.toBuilder().topK(40).penalties(new Penalties(-1, 1.3f, 0.2f, 0.1f)).build());
    named.put(
        "the likeliest new",
        SamplingParameters.GREEDY.toBuilder().penalties(new Penalties(9, 1.5f, 0, 2)).build());
    named.put(
        "the biased",
        plain.toBuilder()
            .penalties(new Penalties(4, 0.8f, -0.5f, 0.3f))
            .logitBias(Map.of(1, 6f, 0, Float.NEGATIVE_INFINITY, 4000, 1f))
            .build());
    return named;
  }

  /** Logits as models have them: most far below a few, some of them equal. */
  private static float[] logits(RandomData data, int count) {
    float[] logits = data.normal(count, 2);
    float[] peaks = data.normal(count, 1);
    for (int i = 0; i < count; i++) {
      if (peaks[i] > 2) {
        logits[i] += 6;
      }
      if (peaks[i] < -1) {
        logits[i] = Math.round(logits[i]);
      }
    }
    return logits;
  }

  /** All equal but four, behind many of the others. */
  private static float[] withTies(int rows, int vocabulary) {
    float[] logits = new float[rows * vocabulary];
    for (int row = 0; row < rows; row++) {
      Arrays.fill(logits, row * vocabulary + 500, row * vocabulary + 504, 0.5f);
    }
    return logits;
  }

  private static Sample sample(
      RandomData data, float[] logits, int rows, SamplingParameters parameters) {
    int vocabulary = logits.length / rows;
    int[][] recent = new int[rows][];
    long[] draws = new long[rows];
    for (int row = 0; row < rows; row++) {
      recent[row] = data.integers(20 - row, Math.min(vocabulary, 40));
      draws[row] = data.integers(1, 1000)[0];
    }
    return new Sample(logits, parameters, recent, draws, new int[rows]);
  }

  private void add(String name, Function<RandomData, Sample> call) {
    cases.add(
        new ConformanceCase(Op.SAMPLE, name, () -> call.apply(new RandomData(name.hashCode()))));
  }
}
