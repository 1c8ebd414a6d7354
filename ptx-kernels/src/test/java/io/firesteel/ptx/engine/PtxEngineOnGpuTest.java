package io.firesteel.ptx.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.TensorType;
import io.firesteel.loader.file.Progress;
import io.firesteel.model.EmbeddedModel;
import io.firesteel.model.GenerationOptions;
import io.firesteel.model.Model;
import io.firesteel.model.ModelOptions;
import io.firesteel.model.Session;
import io.firesteel.model.TeacherForcing;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.conformance.Nmse;
import io.firesteel.model.conformance.ReferenceModel;
import io.firesteel.model.conformance.ReferenceModel.Prompt;
import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.DecodeRequest;
import io.firesteel.model.engine.DeviceDecoder;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.ops.Rows;
import io.firesteel.model.sampling.History;
import io.firesteel.model.sampling.Sampler;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.model.tokenizer.Tokenizer;
import io.firesteel.ptx.driver.Context;
import io.firesteel.ptx.driver.CudaException;
import io.firesteel.ptx.driver.Device;
import io.firesteel.ptx.driver.Driver;
import io.firesteel.ptx.driver.RequiresGpu;
import io.firesteel.ptx.kernel.Kernels;
import io.firesteel.ptx.kernel.Specialiser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The engine with the trained model on the first GPU. */
@RequiresGpu
class PtxEngineOnGpuTest {
  /** Of logits, whose activations are rounded to 8 bits, against the float32 reference. */
  private static final double LARGEST_NMSE = 1e-3;

  private static final double LARGEST_DIVERGENCE = 0.02;
  private static final double LEAST_AGREEMENT = 0.95;
  private static final int TEXT_TOKENS = 4096;
  private static final int LONG_RUN = 10_000;
  private static final int STRETCH = 64;
  private static final int PAGE_TOKENS = 64;

  /** What the driver may keep for itself after the first engine: code, streams, pools. */
  private static final long SLACK = 4L << 20;

  private static Engine open(ModelWeights weights, int cacheTokens, KvFormat format)
      throws EngineException {
    EngineOptions options = new EngineOptions(2, cacheTokens, format, PAGE_TOKENS, 64);
    return new PtxEngineProvider().open(weights, options, Progress.NONE);
  }

  private static int[] pages(Engine engine) {
    return IntStream.range(0, engine.kv().pages()).toArray();
  }

  private static float[] feed(Engine engine, int[] tokens, int position) throws EngineException {
    float[] logits = new float[engine.vocabulary()];
    for (int from = 0; from < tokens.length; from += engine.maxRows()) {
      int[] part =
          Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + engine.maxRows()));
      Rows rows = Rows.ofSequence(position + from, part.length, pages(engine));
      engine.forward(new Batch(part, rows, new int[] {part.length - 1}), logits);
    }
    return logits;
  }

  // --- agreement with the reference ---

  @TestFactory
  Stream<DynamicTest> promptsAndGreedyContinuationsAreThoseOfTheReference() {
    return Stream.of(KvFormat.F16, KvFormat.Q8)
        .flatMap(
            format ->
                ReferenceModel.load().prompts().stream()
                    .map(
                        prompt ->
                            DynamicTest.dynamicTest(
                                format + " " + prompt.name(), () -> agree(prompt, format))));
  }

  private static void agree(Prompt prompt, KvFormat format) throws EngineException {
    try (Gguf file = ReferenceModel.open();
        Engine engine = open(ModelWeights.of(file), 2048, format)) {
      float[] logits = feed(engine, prompt.ids(), 0);
      double nmse = Nmse.of(logits, prompt.lastLogits());
      System.out.printf("%s, %s: NMSE of logits %.3g%n", prompt.name(), format, nmse);
      assertTrue(nmse <= LARGEST_NMSE, "NMSE is " + nmse);
      if (prompt.isDecided()) {
        int[] expected = Arrays.copyOf(prompt.greedy(), prompt.decided());
        int first = best(logits);
        int[] stepwise = new int[expected.length];
        stepwise[0] = first;
        for (int i = 1; i < stepwise.length; i++) {
          int position = prompt.ids().length + i - 1;
          stepwise[i] = best(feed(engine, new int[] {stepwise[i - 1]}, position));
        }
        assertArrayEquals(expected, stepwise, "one step at a time");
        int[] onDevice =
            decode(engine, SamplingParameters.GREEDY, prompt.ids(), first, expected.length);
        assertArrayEquals(expected, onDevice, "sampled on the device");
      }
    }
  }

  private static int best(float[] logits) {
    return new Sampler(SamplingParameters.GREEDY, logits.length).sample(logits, 0, History.of(), 0);
  }

  /** The first token and those decoded on the device after it, {@code count} altogether. */
  private static int[] decode(
      Engine engine, SamplingParameters parameters, int[] prompt, int first, int count)
      throws EngineException {
    DeviceDecoder decoder = engine.deviceDecoder().orElseThrow();
    assertTrue(decoder.supports(parameters), "supports " + parameters);
    List<Integer> all = new ArrayList<>(Arrays.stream(prompt).boxed().toList());
    all.add(first);
    while (all.size() < prompt.length + count) {
      int[] recent = all.stream().mapToInt(Integer::intValue).toArray();
      int wanted = Math.min(STRETCH, prompt.length + count - all.size());
      int[] drawn =
          decoder.decode(
              new DecodeRequest(
                  recent[recent.length - 1],
                  recent.length - 1,
                  pages(engine),
                  wanted,
                  parameters,
                  recent,
                  recent.length - prompt.length,
                  new int[0]));
      assertTrue(drawn.length > 0, "no token was decoded after " + all.size());
      Arrays.stream(drawn).forEach(all::add);
    }
    return all.stream().skip(prompt.length).mapToInt(Integer::intValue).toArray();
  }

  @Test
  void heldOutTextIsExpectedAsByTheCpuEngine() throws IOException {
    TextAgreement agreement = new TextAgreement();
    try (Gguf file = EmbeddedModel.open();
        InputStream text = EmbeddedModel.heldOutText()) {
      int[] ids = Tokenizer.from(file.metadata()).encode(text.readAllBytes(), true, false);
      int[] part = Arrays.copyOf(ids, Math.min(ids.length, TEXT_TOKENS));
      List<float[]> expected = read(file, part, "cpu");
      List<float[]> found = read(file, part, "ptx");
      for (int i = 0; i < expected.size(); i++) {
        agreement.add(expected.get(i), found.get(i));
      }
    }
    System.out.println("heldout.txt, " + agreement);
    assertTrue(agreement.meanDivergence() <= LARGEST_DIVERGENCE, agreement::toString);
    assertTrue(agreement.topOne() >= LEAST_AGREEMENT, agreement::toString);
  }

  /** Logits of all positions, in contexts of 512 tokens as the model was trained with. */
  private static List<float[]> read(Gguf file, int[] ids, String engine) throws IOException {
    int context = 512;
    List<float[]> rows = new ArrayList<>();
    ModelOptions options = ModelOptions.builder().engine(engine).build();
    try (TeacherForcing forcing = TeacherForcing.open(file, context, options)) {
      for (int from = 0; from < ids.length; from += context) {
        forcing.read(
            Arrays.copyOfRange(ids, from, Math.min(ids.length, from + context)),
            (_, logits, offset) ->
                rows.add(Arrays.copyOfRange(logits, offset, offset + forcing.vocabulary())));
      }
    }
    return rows;
  }

  // --- the same bits again ---

  @ParameterizedTest
  @EnumSource(
      value = KvFormat.class,
      names = {"F16", "Q8"})
  void tenThousandTokensTwiceAreTheSame(KvFormat format) throws EngineException {
    try (Gguf file = ReferenceModel.open()) {
      ModelWeights weights = ModelWeights.of(file);
      assertArrayEquals(longRun(weights, format), longRun(weights, format));
    }
  }

  /** Sampled ids, and the bits of the last logits. */
  private static int[] longRun(ModelWeights weights, KvFormat format) throws EngineException {
    SamplingParameters parameters =
        SamplingParameters.DEFAULT.toBuilder().repeatPenalty(1.1f, 64).seed(5).build();
    int[] prompt = ReferenceModel.load().prompts().getFirst().ids();
    try (Engine engine = open(weights, prompt.length + LONG_RUN + STRETCH, format)) {
      int first = best(feed(engine, prompt, 0));
      long start = System.nanoTime();
      int[] ids = decode(engine, parameters, prompt, first, LONG_RUN);
      double seconds = (System.nanoTime() - start) * 1e-9;
      float[] logits = feed(engine, new int[] {ids[LONG_RUN - 1]}, prompt.length + LONG_RUN - 1);
      System.out.printf(
          "%s: %d tokens in %.2f s, hash %08x%n", format, LONG_RUN, seconds, Arrays.hashCode(ids));
      return IntStream.concat(
              Arrays.stream(ids),
              IntStream.range(0, logits.length).map(i -> Float.floatToRawIntBits(logits[i])))
          .toArray();
    }
  }

  // --- memory ---

  @Test
  void memoryIsAsItWasAfterAThousandSessions() throws IOException {
    ModelOptions options =
        ModelOptions.builder().engine("ptx").contextLength(256).cacheTokens(1024).build();
    GenerationOptions two = GenerationOptions.GREEDY.toBuilder().maxTokens(2).build();
    try (Model model = Model.embedded(options);
        Context context = Context.open(Driver.devices().getFirst())) {
      one(model, two);
      long before = context.memory().free();
      for (int i = 0; i < 1000; i++) {
        one(model, two);
      }
      assertEquals(before, context.memory().free(), "free bytes after 1,000 sessions");
    }
  }

  private static void one(Model model, GenerationOptions options) {
    try (Session session = model.session()) {
      session.prompt("2 + 2 =").generate(options).complete();
    }
  }

  @Test
  void memoryIsAsItWasAfterTwentyEngines() throws EngineException {
    Device device = Driver.devices().getFirst();
    try (Gguf file = ReferenceModel.open();
        Context context = Context.open(device)) {
      ModelWeights weights = ModelWeights.of(file);
      openAndFeed(weights);
      long before = context.memory().free();
      for (int i = 0; i < 20; i++) {
        openAndFeed(weights);
      }
      long lost = before - context.memory().free();
      System.out.println("20 engines opened and closed: " + lost + " bytes fewer are free");
      assertTrue(lost <= SLACK, () -> lost + " bytes are lost");
    }
  }

  private static void openAndFeed(ModelWeights weights) throws EngineException {
    try (Engine engine = open(weights, 256, KvFormat.F16)) {
      feed(engine, new int[] {1, 2, 3}, 0);
    }
  }

  @Test
  void preflightCountsWhatTheDeviceReports() throws EngineException {
    try (Gguf file = ReferenceModel.open();
        KernelDevice device = new CudaKernelDevice(Driver.devices().getFirst())) {
      ModelWeights weights = ModelWeights.of(file);
      EngineOptions options = new EngineOptions(2, 65_536, KvFormat.F16, PAGE_TOKENS, 64);
      long counted = Preflight.deviceBytes(device, weights, options);
      long before = device.freeBytes();
      long start = System.nanoTime();
      PtxEngine.upload(device, weights, options, Progress.NONE);
      double millis = (System.nanoTime() - start) * 1e-6;
      long taken = before - device.freeBytes();
      System.out.printf(
          "preflight counts %d bytes, the device reports %d (%+.2f %%), uploaded in %.1f ms%n",
          counted, taken, 100.0 * (counted - taken) / taken, millis);
      long difference = Math.abs(counted - taken);
      assertTrue(difference <= taken / 100 + SLACK, () -> difference + " bytes of difference");
    }
  }

  // --- faults ---

  /**
   * A fault takes the whole process's CUDA state with it, so that it is provoked in another one.
   */
  @Test
  void aKernelFaultIsReportedAndEndsWithItsProcess() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                KernelFault.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    assertTrue(output.contains("fault: ") && output.contains("dequantise"), output);
    assertTrue(output.contains("start the program again"), output);
    try (Gguf file = ReferenceModel.open()) {
      openAndFeed(ModelWeights.of(file));
    }
  }

  /** Lets a kernel read from nowhere, and then asks for a new context. */
  static final class KernelFault {
    private KernelFault() {}

    /** Prints what the driver says to both. */
    public static void main(String[] arguments) {
      Device gpu = Driver.devices().getFirst();
      try (CudaKernelDevice device = new CudaKernelDevice(gpu)) {
        device.launch(
            new Specialiser()
                .specialise(Kernels.dequantise(TensorType.F32, 64, 256), device.target())
                .launch(Map.of("weights", 0x10L, "out", 0x10L)));
        device.synchronize();
      } catch (CudaException e) {
        System.out.println("fault: " + e.getMessage());
      }
      try (CudaKernelDevice again = new CudaKernelDevice(gpu)) {
        System.out.println("new context on " + again.description());
      } catch (CudaException e) {
        System.out.println("new context: " + e.getMessage());
      }
    }
  }
}
