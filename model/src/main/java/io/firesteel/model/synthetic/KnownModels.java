package io.firesteel.model.synthetic;

import static io.firesteel.model.synthetic.Architecture.LLAMA;
import static io.firesteel.model.synthetic.Architecture.QWEN2;
import static io.firesteel.model.synthetic.Architecture.QWEN2MOE;
import static io.firesteel.model.synthetic.Architecture.QWEN3;
import static io.firesteel.model.synthetic.Architecture.QWEN3MOE;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Shapes of published models, from their {@code config.json}. */
public final class KnownModels {
  private static final int QWEN_VOCABULARY = 151_936;
  private static final int LARGE_QWEN_VOCABULARY = 152_064;
  private static final int LLAMA_VOCABULARY = 128_256;
  private static final int MILLION = 1_000_000;

  private static final List<Shape> SHAPES =
      List.of(
          qwen3("Qwen3-0.6B", 28, 1024, 3072, 16, 8, true),
          qwen3("Qwen3-1.7B", 28, 2048, 6144, 16, 8, true),
          qwen3("Qwen3-4B", 36, 2560, 9728, 32, 8, true),
          qwen3("Qwen3-8B", 36, 4096, 12_288, 32, 8, false),
          qwen3("Qwen3-14B", 40, 5120, 17_408, 40, 8, false),
          qwen3("Qwen3-32B", 64, 5120, 25_600, 64, 8, false),
          qwen3Moe("Qwen3-30B-A3B", 48, 2048, 6144, 32, 768, 40_960, MILLION),
          qwen3Moe("Qwen3-Coder-30B-A3B", 48, 2048, 5472, 32, 768, 262_144, 10 * MILLION),
          qwen3Moe("Qwen3-235B-A22B", 94, 4096, 12_288, 64, 1536, 40_960, MILLION),
          qwen25("Qwen2.5-0.5B", 24, 896, 4864, 14, 2, 64, QWEN_VOCABULARY, true),
          qwen25("Qwen2.5-1.5B", 28, 1536, 8960, 12, 2, 128, QWEN_VOCABULARY, true),
          qwen25("Qwen2.5-3B", 36, 2048, 11_008, 16, 2, 128, QWEN_VOCABULARY, true),
          qwen25("Qwen2.5-7B", 28, 3584, 18_944, 28, 4, 128, LARGE_QWEN_VOCABULARY, false),
          qwen25("Qwen2.5-14B", 48, 5120, 13_824, 40, 8, 128, LARGE_QWEN_VOCABULARY, false),
          qwen25("Qwen2.5-32B", 64, 5120, 27_648, 40, 8, 128, LARGE_QWEN_VOCABULARY, false),
          qwen25("Qwen2.5-72B", 80, 8192, 29_568, 64, 8, 128, LARGE_QWEN_VOCABULARY, false),
          qwenMoe(
              "Qwen1.5-MoE-A2.7B", 24, 2048, 5632, 16, 16, new Experts(60, 4, 1408, 5632), 8192),
          qwenMoe(
              "Qwen2-57B-A14B", 28, 3584, 18_944, 28, 4, new Experts(64, 8, 2560, 20_480), 131_072),
          llama("Llama-3-8B", 32, 4096, 14_336, 32, 128, 8192, false, Optional.empty()),
          llama("Llama-3.1-8B", 32, 4096, 14_336, 32, 128, 131_072, false, scaling(8)),
          llama("Llama-3.1-70B", 80, 8192, 28_672, 64, 128, 131_072, false, scaling(8)),
          llama("Llama-3.2-1B", 16, 2048, 8192, 32, 64, 131_072, true, scaling(32)),
          llama("Llama-3.2-3B", 28, 3072, 8192, 24, 128, 131_072, true, scaling(32)));

  private KnownModels() {}

  /** All shapes. */
  public static List<Shape> all() {
    return SHAPES;
  }

  /** The shape with a name, in any case. */
  public static Optional<Shape> find(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return SHAPES.stream()
        .filter(shape -> shape.name().toLowerCase(Locale.ROOT).equals(wanted))
        .findFirst();
  }

  private static Shape qwen3(
      String name, int layers, int hidden, int feedForward, int heads, int kvHeads, boolean tied) {
    return new Shape(
        name,
        QWEN3,
        layers,
        hidden,
        feedForward,
        heads,
        kvHeads,
        128,
        Optional.empty(),
        QWEN_VOCABULARY,
        40_960,
        tied,
        1e-6,
        MILLION,
        Optional.empty());
  }

  private static Shape qwen3Moe(
      String name,
      int layers,
      int hidden,
      int feedForward,
      int heads,
      int expertWidth,
      int context,
      int ropeBase) {
    return new Shape(
        name,
        QWEN3MOE,
        layers,
        hidden,
        feedForward,
        heads,
        4,
        128,
        Optional.of(new Experts(128, 8, expertWidth, 0)),
        QWEN_VOCABULARY,
        context,
        false,
        1e-6,
        ropeBase,
        Optional.empty());
  }

  private static Shape qwen25(
      String name,
      int layers,
      int hidden,
      int feedForward,
      int heads,
      int kvHeads,
      int headSize,
      int vocabulary,
      boolean tied) {
    return new Shape(
        name,
        QWEN2,
        layers,
        hidden,
        feedForward,
        heads,
        kvHeads,
        headSize,
        Optional.empty(),
        vocabulary,
        32_768,
        tied,
        1e-6,
        MILLION,
        Optional.empty());
  }

  private static Shape qwenMoe(
      String name,
      int layers,
      int hidden,
      int feedForward,
      int heads,
      int kvHeads,
      Experts experts,
      int context) {
    return new Shape(
        name,
        QWEN2MOE,
        layers,
        hidden,
        feedForward,
        heads,
        kvHeads,
        128,
        Optional.of(experts),
        QWEN_VOCABULARY,
        context,
        false,
        1e-6,
        MILLION,
        Optional.empty());
  }

  private static Shape llama(
      String name,
      int layers,
      int hidden,
      int feedForward,
      int heads,
      int headSize,
      int context,
      boolean tied,
      Optional<RopeScaling> scaling) {
    return new Shape(
        name,
        LLAMA,
        layers,
        hidden,
        feedForward,
        heads,
        8,
        headSize,
        Optional.empty(),
        LLAMA_VOCABULARY,
        context,
        tied,
        1e-5,
        500_000,
        scaling);
  }

  private static Optional<RopeScaling> scaling(double factor) {
    return Optional.of(new RopeScaling(factor, 8192));
  }
}
