package io.firesteel.model.cpu;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.TensorType;
import io.firesteel.loader.blocks.BlockCodec;
import io.firesteel.loader.blocks.Requantiser;
import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.conformance.Nmse;
import io.firesteel.model.conformance.ReferenceModel;
import io.firesteel.model.conformance.ReferenceModel.Prompt;
import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.ops.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Quantises the trained model to each block format with our own writer and prints how far its
 * logits are from those of the float32 model, averaged over the reference prompts. Arguments: the
 * types to try, all that can be quantised if there are none. Takes minutes.
 */
public final class QuantisedModelTable {
  private static final int PAGE_TOKENS = 16;

  private QuantisedModelTable() {}

  /** Prints a line for each type. */
  public static void main(String[] types) throws IOException, EngineException {
    Path folder = Files.createTempDirectory("quantised");
    Path plain = folder.resolve("f32.gguf");
    Path quantised = folder.resolve("quantised.gguf");
    try (Gguf trained = ReferenceModel.open()) {
      new Requantiser(trained, Progress.NONE).writeAs(TensorType.F32, plain);
    }
    try (Gguf source = Gguf.open(plain)) {
      List<float[]> expected = logits(source);
      for (TensorType type : types.length == 0 ? quantisable() : named(types)) {
        new Requantiser(source, Progress.NONE).writeAs(type, quantised);
        try (Gguf model = Gguf.open(quantised)) {
          print(type, model, expected, logits(model));
        }
      }
    } finally {
      Files.deleteIfExists(quantised);
      Files.deleteIfExists(plain);
      Files.delete(folder);
    }
  }

  private static void print(
      TensorType type, Gguf model, List<float[]> expected, List<float[]> actual) {
    double sum = 0;
    int agreed = 0;
    for (int i = 0; i < expected.size(); i++) {
      sum += Nmse.of(actual.get(i), expected.get(i));
      agreed += mostLikely(actual.get(i)) == mostLikely(expected.get(i)) ? 1 : 0;
    }
    System.out.printf(
        Locale.ROOT,
        "%-7s %5.1f MB  NMSE of logits %.2e  first choice equal in %d of %d%n",
        type,
        model.fileSize() / 1e6,
        sum / expected.size(),
        agreed,
        expected.size());
  }

  private static List<float[]> logits(Gguf model) throws EngineException {
    EngineOptions options = new EngineOptions(2, 1024, KvFormat.F32, PAGE_TOKENS, 512);
    List<float[]> all = new ArrayList<>();
    try (Engine engine =
        new CpuEngineProvider().open(ModelWeights.of(model), options, Progress.NONE)) {
      for (Prompt prompt : ReferenceModel.load().prompts()) {
        int count = prompt.ids().length;
        int[] pages = IntStream.range(0, 1024 / PAGE_TOKENS).toArray();
        float[] last = new float[engine.vocabulary()];
        int[] row = {count - 1};
        engine.forward(new Batch(prompt.ids(), Rows.ofSequence(0, count, pages), row), last);
        all.add(last);
      }
    }
    return all;
  }

  private static int mostLikely(float[] logits) {
    return IntStream.range(0, logits.length)
        .reduce((best, i) -> logits[i] > logits[best] ? i : best)
        .orElseThrow();
  }

  private static List<TensorType> quantisable() {
    return List.of(TensorType.values()).stream()
        .filter(type -> type.isReadable() && BlockCodec.of(type).quantises())
        .toList();
  }

  private static List<TensorType> named(String[] types) {
    return List.of(types).stream().map(TensorType::valueOf).toList();
  }
}
