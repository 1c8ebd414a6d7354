package io.firesteel.tornado.engine;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.config.Settings;
import io.firesteel.model.conformance.ConformanceCase;
import io.firesteel.model.conformance.ConformanceSuite;
import io.firesteel.model.conformance.ReferenceModel;
import io.firesteel.model.conformance.ReferenceModel.Prompt;
import io.firesteel.model.conformance.Tolerances;
import io.firesteel.model.engine.Batch;
import io.firesteel.model.engine.Engine;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.EngineOptions;
import io.firesteel.model.engine.EngineSettings;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.ops.Op;
import io.firesteel.model.ops.Rows;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.tornado.sdk.TornadoDevices;
import io.firesteel.tornado.sdk.TornadoSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Conformance on an installed TornadoVM, for machines that have one: {@code ops FORM SETTINGS} runs
 * the conformance suite, {@code ops FORM OP SETTINGS} its cases of one op, {@code model SETTINGS}
 * the trained model's greedy continuations. Java has to be started with the options that {@code
 * LauncherFlags} writes.
 */
final class OnDevice {
  private static final List<Op> ALL = List.of(Op.values());
  private static final int POSITIONS = 1024;
  private static final int PAGE_TOKENS = 16;

  private OnDevice() {}

  public static void main(String[] args) throws Exception {
    EngineSettings settings = Settings.read(Path.of(args[args.length - 1])).engineSettings();
    TornadoDevices devices = TornadoDevices.query(TornadoSettings.of(settings));
    System.out.println(devices.describe());
    boolean right =
        args[0].equals("ops")
            ? ops(
                Form.valueOf(args[1].toUpperCase(Locale.ROOT)),
                args.length > 3 ? List.of(Op.valueOf(args[2].toUpperCase(Locale.ROOT))) : ALL,
                devices)
            : model(settings);
    System.exit(right ? 0 : 1);
  }

  private static boolean ops(Form form, List<Op> wanted, TornadoDevices devices) {
    Map<Op, int[]> counts = new EnumMap<>(Op.class);
    int failed = 0;
    try (TornadoOps ops = new TornadoOps(form, devices.backend(), devices.first().computeUnits())) {
      for (ConformanceCase c : ConformanceSuite.cases()) {
        if (!wanted.contains(c.op())) {
          continue;
        }
        int[] count = counts.computeIfAbsent(c.op(), op -> new int[3]);
        if (!ops.supports(c.call().get())) {
          count[2]++;
          continue;
        }
        try {
          c.check(ops, Tolerances.INT8);
          count[0]++;
        } catch (AssertionError | RuntimeException e) {
          count[1]++;
          failed++;
          System.out.println("FAILED " + c.op().label() + " " + c.name() + ": " + firstLine(e));
          if (failed <= 3) {
            e.printStackTrace(System.out);
          }
        }
      }
    }
    counts.forEach(
        (op, count) ->
            System.out.printf(
                "tornado-%s %-10s %3d passed, %d failed, %d not supported%n",
                form.label(), op.label(), count[0], count[1], count[2]));
    return failed == 0;
  }

  private static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  private static boolean model(EngineSettings settings) throws EngineException {
    EngineOptions options =
        new EngineOptions(1, POSITIONS, KvFormat.F16, PAGE_TOKENS, POSITIONS)
            .withSettings(settings);
    long start = System.nanoTime();
    try (Gguf file = ReferenceModel.open();
        Engine engine =
            new TornadoEngineProvider().open(ModelWeights.of(file), options, Progress.NONE)) {
      System.out.printf(
          "opened in %.1f s: %s%n", (System.nanoTime() - start) * 1e-9, engine.device());
      List<Prompt> decided =
          ReferenceModel.load().prompts().stream().filter(Prompt::isDecided).toList();
      int right = 0;
      for (Prompt prompt : decided) {
        right += continuesAsReference(engine, prompt) ? 1 : 0;
      }
      System.out.printf(
          "%d of %d greedy continuations as in the reference%n", right, decided.size());
      Map<String, SamplingParameters> ways = DrawnTokens.ways();
      int same = 0;
      for (Map.Entry<String, SamplingParameters> way : ways.entrySet()) {
        List<int[]> tokens =
            DrawnTokens.onDeviceAndHost(engine, decided.getFirst().ids(), way.getValue());
        boolean isSame = Arrays.equals(tokens.getFirst(), tokens.getLast());
        same += isSame ? 1 : 0;
        if (!isSame) {
          System.out.printf(
              "%s: drawn %s, expected %s%n",
              way.getKey(), Arrays.toString(tokens.getFirst()), Arrays.toString(tokens.getLast()));
        }
      }
      System.out.printf("%d of %d ways to draw as on the host%n", same, ways.size());
      return right == decided.size() && same == ways.size();
    }
  }

  private static boolean continuesAsReference(Engine engine, Prompt prompt) throws EngineException {
    int[] pages = IntStream.range(0, POSITIONS / PAGE_TOKENS).toArray();
    float[] logits = new float[engine.vocabulary()];
    int[] ids = prompt.ids();
    engine.forward(
        new Batch(ids, Rows.ofSequence(0, ids.length, pages), new int[] {ids.length - 1}), logits);
    for (int i = 0; i < prompt.decided(); i++) {
      int drawn = likeliest(logits);
      if (drawn != prompt.greedy()[i]) {
        System.out.printf(
            "%s: token %d is %d, expected %d%n", prompt.name(), i, drawn, prompt.greedy()[i]);
        return false;
      }
      engine.forward(
          new Batch(new int[] {drawn}, Rows.ofSequence(ids.length + i, 1, pages), new int[] {0}),
          logits);
    }
    return true;
  }

  private static int likeliest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }
}
