package io.firesteel.model.synthetic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.Tensor;
import io.firesteel.loader.TensorSpec;
import io.firesteel.loader.TensorType;
import io.firesteel.loader.blocks.BlockCodec;
import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.cpu.CpuEngineProvider;
import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.ops.Rows;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SyntheticModelTest {
  private static final Vocabulary VOCABULARY = Vocabulary.embedded();

  @TempDir Path folder;

  @Test
  void qwen30bHasExactlyTheTensorsOfTheRealFile() {
    SyntheticModel model = known("Qwen3-30B-A3B", TypeMix.Q4_K_M);
    Set<TensorSpec> expected = new HashSet<>();
    expected.add(new TensorSpec("token_embd.weight", TensorType.Q4_K, 2048, 151_936));
    expected.add(new TensorSpec("output.weight", TensorType.Q6_K, 2048, 151_936));
    expected.add(new TensorSpec("output_norm.weight", TensorType.F32, 2048));
    Set<Integer> larger =
        Set.of(
            0, 1, 2, 3, 4, 5, 8, 11, 14, 17, 20, 23, 26, 29, 32, 35, 38, 41, 42, 43, 44, 45, 46,
            47);
    for (int layer = 0; layer < 48; layer++) {
      String blk = "blk." + layer + ".";
      TensorType mixed = larger.contains(layer) ? TensorType.Q6_K : TensorType.Q4_K;
      expected.add(new TensorSpec(blk + "attn_norm.weight", TensorType.F32, 2048));
      expected.add(new TensorSpec(blk + "attn_q.weight", TensorType.Q4_K, 2048, 4096));
      expected.add(new TensorSpec(blk + "attn_k.weight", TensorType.Q4_K, 2048, 512));
      expected.add(new TensorSpec(blk + "attn_v.weight", mixed, 2048, 512));
      expected.add(new TensorSpec(blk + "attn_q_norm.weight", TensorType.F32, 128));
      expected.add(new TensorSpec(blk + "attn_k_norm.weight", TensorType.F32, 128));
      expected.add(new TensorSpec(blk + "attn_output.weight", TensorType.Q4_K, 4096, 2048));
      expected.add(new TensorSpec(blk + "ffn_norm.weight", TensorType.F32, 2048));
      expected.add(new TensorSpec(blk + "ffn_gate_inp.weight", TensorType.F32, 2048, 128));
      expected.add(new TensorSpec(blk + "ffn_gate_exps.weight", TensorType.Q4_K, 2048, 768, 128));
      expected.add(new TensorSpec(blk + "ffn_up_exps.weight", TensorType.Q4_K, 2048, 768, 128));
      expected.add(new TensorSpec(blk + "ffn_down_exps.weight", mixed, 768, 2048, 128));
    }
    assertEquals(579, model.tensors().size());
    assertEquals(expected, new HashSet<>(model.tensors()));
    assertEquals(18_550_716_416L, model.tensorBytes());
    assertEquals(151_936, model.metadata().strings("tokenizer.ggml.tokens").size());
  }

  /** Published sizes in GB, tokenizer and metadata (6 to 8 MB) included. */
  @ParameterizedTest
  @CsvSource({
    "Qwen3-8B, Q4_K_M, 5.03",
    "Qwen3-32B, Q4_K_M, 19.76",
    "Qwen2.5-7B, Q4_K_M, 4.68",
    "Qwen2.5-0.5B, Q4_K_M, 0.398",
    "Llama-3.1-8B, Q4_K_M, 4.92",
    "Llama-3.1-8B, Q8_0, 8.54",
    "Llama-3.1-70B, Q4_K_M, 42.52",
    "Llama-3.2-1B, Q4_K_M, 0.808"
  })
  void sizesMatchPublishedFiles(String name, TypeMix mix, double gigabytes) {
    double found = known(name, mix).tensorBytes() * 1e-9 + 0.007;
    assertEquals(gigabytes, found, 0.003 * gigabytes + 0.003);
  }

  @Test
  void theSameSeedGivesTheSameBytesWhateverTheThreads() throws IOException {
    SyntheticModel model = small(Architecture.QWEN3MOE, TypeMix.Q4_K_M, 2, 7);
    Path one = folder.resolve("one.gguf");
    Path three = folder.resolve("three.gguf");
    Path other = folder.resolve("other.gguf");
    model.write(one, 1, Progress.NONE);
    model.write(three, 3, Progress.NONE);
    small(Architecture.QWEN3MOE, TypeMix.Q4_K_M, 2, 8).write(other, 3, Progress.NONE);
    assertEquals(-1, Files.mismatch(one, three));
    try (Gguf first = Gguf.open(one);
        Gguf second = Gguf.open(other)) {
      Tensor tensor = first.tensor("blk.0.attn_q.weight");
      assertTrue(tensor.data().mismatch(second.tensor(tensor.name()).data()) >= 0);
      assertTrue(tensor.data().mismatch(first.tensor("blk.1.attn_q.weight").data()) >= 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyArchitectureIsReadAndComputed(Architecture architecture) throws Exception {
    SyntheticModel model = small(architecture, TypeMix.Q4_K_M, 2, 1);
    Path path = folder.resolve("model.gguf");
    model.write(path, 2, Progress.NONE);
    try (Gguf gguf = Gguf.open(path)) {
      assertEquals(model.tensors(), gguf.tensors().stream().map(TensorSpec::of).toList());
      assertEquals(model.metadata(), gguf.metadata());
      assertReasonable(logits(gguf));
    }
  }

  @Test
  void activationsKeepTheirSizeThroughManyLayers() throws Exception {
    Path path = folder.resolve("model.gguf");
    small(Architecture.QWEN3MOE, TypeMix.Q4_K_M, 48, 1).write(path, 2, Progress.NONE);
    try (Gguf gguf = Gguf.open(path)) {
      assertReasonable(logits(gguf));
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyMixIsReadAndComputed(TypeMix mix) throws Exception {
    Path path = folder.resolve("model.gguf");
    SyntheticModel model = small(Architecture.QWEN3, mix, 2, 1);
    model.write(path, 2, Progress.NONE);
    try (Gguf gguf = Gguf.open(path)) {
      assertEquals(mix.fileType(), gguf.metadata().integer("general.file_type"));
      assertReasonable(logits(gguf));
    }
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.INCLUDE,
      names = {
        "F32", "F16", "BF16", "F64", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q2_K", "Q3_K", "Q4_K",
        "Q5_K", "Q6_K", "IQ4_NL", "IQ4_XS", "MXFP4"
      })
  void blocksHaveTheSizeAskedForAndNoBias(TensorType type) {
    for (double deviation : new double[] {0.02, 0.0015, 1}) {
      float[] values = draw(type, deviation);
      double sum = 0;
      double squares = 0;
      for (float value : values) {
        assertTrue(Float.isFinite(value));
        sum += value;
        squares += (double) value * value;
      }
      // MXFP4 has powers of two as scales.
      double tolerance = type == TensorType.MXFP4 ? 0.5 : 0.05;
      assertEquals(1, Math.sqrt(squares / values.length) / deviation, tolerance);
      assertEquals(0, sum / values.length / deviation, 0.02);
    }
  }

  private static float[] draw(TensorType type, double deviation) {
    int blocks = RandomBlocks.GROUP * 2000;
    byte[] bytes = new byte[blocks * type.blockBytes()];
    MemorySegment memory = MemorySegment.ofArray(bytes);
    RandomBlocks.of(type, 0, deviation).fill(CounterRandom.of(3, "x"), 0, memory);
    float[] values = new float[blocks * type.blockSize()];
    BlockCodec.of(type).dequantise(memory, 0, values, 0, values.length);
    return values;
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "Q4_0", "Q4_K", "Q6_K", "MXFP4"})
  void aPartIsDrawnAsTheWhole(TensorType type) {
    int blocks = 5 * RandomBlocks.GROUP + 3;
    byte[] whole = new byte[blocks * type.blockBytes()];
    byte[] part = new byte[(blocks - 16) * type.blockBytes()];
    RandomBlocks random = RandomBlocks.of(type, 0, 1);
    CounterRandom stream = CounterRandom.of(3, "x");
    random.fill(stream, 0, MemorySegment.ofArray(whole));
    random.fill(stream, 16, MemorySegment.ofArray(part));
    assertArrayEquals(Arrays.copyOfRange(whole, 16 * type.blockBytes(), whole.length), part);
  }

  @Test
  void llamaHasTheFrequencyFactorsOfItsContext() {
    float[] factors = new RopeScaling(8, 8192).factors(500_000, 128);
    assertEquals(1, factors[0]);
    assertEquals(8, factors[63]);
    // Frequency 32: 8192 / (2 pi 500000^(64/128)) = 1.844 turns, blended by (1.844 - 1) / 3.
    double share = (8192 / (2 * Math.PI * Math.sqrt(500_000)) - 1) / 3;
    assertEquals(1 / ((1 - share) / 8 + share), factors[32], 1e-5);
    assertTrue(
        known("Llama-3.1-8B", TypeMix.Q4_K_M)
            .tensors()
            .contains(new TensorSpec("rope_freqs.weight", TensorType.F32, 64)));
  }

  @Test
  void fillsTheVocabularyWithUnusedTokens() {
    List<String> tokens =
        known("Qwen3-0.6B", TypeMix.Q4_0).metadata().strings("tokenizer.ggml.tokens");
    assertEquals("<|im_end|>", tokens.get(4089));
    assertEquals("[PAD4096]", tokens.get(4096));
    assertEquals("[PAD151935]", tokens.getLast());
  }

  @Test
  void takesTheVocabularyOfAFile() throws IOException {
    Path source = folder.resolve("source.gguf");
    small(Architecture.QWEN3, TypeMix.Q4_0, 1, 1).write(source, 1, Progress.NONE);
    Vocabulary vocabulary = Vocabulary.of(source);
    assertEquals(4096, vocabulary.size());
    assertEquals(VOCABULARY.values(), vocabulary.values());
    IllegalArgumentException failure =
        assertThrows(IllegalArgumentException.class, () -> vocabulary.filledTo(100));
    assertTrue(failure.getMessage().contains("has 4096 tokens"), failure.getMessage());
  }

  @Test
  void leavesNothingWhenItFails() throws IOException {
    Progress failing =
        (label, unit, total) ->
            new Progress.Task() {
              @Override
              public void advance(long units) {
                throw new IllegalStateException("no more");
              }

              @Override
              public void close() {}
            };
    Path target = folder.resolve("model.gguf");
    SyntheticModel model = small(Architecture.QWEN3, TypeMix.F16, 2, 1);
    assertThrows(IllegalStateException.class, () -> model.write(target, 2, failing));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(), files.toList());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "heads 3, 3, 2, 128, 4",
    "head size 7, 4, 2, 7, 4",
    "layers 0, 4, 2, 128, 0",
    "KV heads 0, 4, 0, 128, 4"
  })
  void namesTheNumberThatIsWrong(String message, int heads, int kvHeads, int size, int layers) {
    IllegalArgumentException failure =
        assertThrows(
            IllegalArgumentException.class,
            () -> shape(Architecture.QWEN3, layers, heads, kvHeads, size));
    assertTrue(failure.getMessage().startsWith(message), failure.getMessage());
  }

  private static SyntheticModel known(String name, TypeMix mix) {
    return new SyntheticModel(KnownModels.find(name).orElseThrow(), mix, VOCABULARY, 1);
  }

  private static SyntheticModel small(
      Architecture architecture, TypeMix mix, int layers, long seed) {
    return new SyntheticModel(shape(architecture, layers, 4, 2, 64), mix, VOCABULARY, seed);
  }

  private static Shape shape(
      Architecture architecture, int layers, int heads, int kvHeads, int headSize) {
    Optional<Experts> experts =
        architecture.isMixture()
            ? Optional.of(new Experts(8, 2, 256, architecture.sharesExpert() ? 512 : 0))
            : Optional.empty();
    return new Shape(
        "small",
        architecture,
        layers,
        256,
        512,
        heads,
        kvHeads,
        headSize,
        experts,
        VOCABULARY.size(),
        2048,
        false,
        1e-6,
        1e6,
        Optional.empty());
  }

  /** Logits after the last of eight tokens. */
  private static float[] logits(Gguf gguf) throws Exception {
    EngineOptions options = new EngineOptions(2, 64, KvFormat.F32, 16, 16);
    try (Engine engine =
        new CpuEngineProvider().open(ModelWeights.of(gguf), options, Progress.NONE)) {
      int count = 8;
      int[] tokens = new int[count];
      Arrays.setAll(tokens, i -> 100 + 7 * i);
      float[] logits = new float[engine.vocabulary()];
      engine.forward(
          new Batch(tokens, Rows.ofSequence(0, count, 0), new int[] {count - 1}), logits);
      return logits;
    }
  }

  /** As after training: finite, with preferences, but not so strong that nothing else counts. */
  private static void assertReasonable(float[] logits) {
    double squares = 0;
    for (float logit : logits) {
      assertTrue(Float.isFinite(logit));
      squares += (double) logit * logit;
    }
    double deviation = Math.sqrt(squares / logits.length);
    assertTrue(deviation > 1 && deviation < 4, "deviation of logits is " + deviation);
    assertFalse(Arrays.equals(logits, new float[logits.length]));
  }
}
