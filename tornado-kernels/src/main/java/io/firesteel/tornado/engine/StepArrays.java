package io.firesteel.tornado.engine;

import io.firesteel.model.arch.ModelConfig;
import io.firesteel.model.ops.Heads;
import io.firesteel.tornado.kernels.Activations;
import io.firesteel.tornado.kernels.AttentionOp;
import io.firesteel.tornado.kernels.Chances;
import io.firesteel.tornado.kernels.SampleOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What a token's graphs work on besides weights and cache: what the host tells them, activations,
 * scratch. One row.
 */
final class StepArrays {
  /** Tokens with a bias or a penalty that the device takes; with more the host draws. */
  private static final int NAMED_TOKENS = 1024;

  final IntArray tokens = zeros(1);
  final IntArray sequences = zeros(1);
  final IntArray positions = zeros(1);
  final IntArray tables;
  final FloatArray x;
  final Activations normed;
  final FloatArray q;
  final FloatArray k;
  final FloatArray v;
  final Activations attention;
  final FloatArray partials;
  final int splits;
  final FloatArray gates;
  final FloatArray logits;
  final SampleOp.Scratch sampling;
  final IntArray next = zeros(1);

  /** Where tokens can be drawn from so many. */
  final Optional<Drawing> drawing;

  /**
   * What a draw works on.
   *
   * @param token that was drawn
   */
  record Drawing(Chances chances, SampleOp.DrawScratch scratch, IntArray token) {}

  /** For each branch of a layer. */
  final List<BranchArrays> branches = new ArrayList<>();

  /**
   * A branch's choice of experts and what they make of the row.
   *
   * @param experts chosen experts; all 0 where nobody chooses
   * @param weights their weights; 1 where nobody chooses
   */
  record BranchArrays(IntArray experts, FloatArray weights, Activations activations) {}

  /**
   * Arrays for a model.
   *
   * @param tableStride pages of the cache
   * @param cacheTokens positions of the cache
   */
  StepArrays(ModelConfig config, ModelArrays model, int tableStride, int cacheTokens) {
    Heads heads = config.heads();
    tables = zeros(tableStride);
    x = floats(config.hidden());
    normed = Activations.ofSize(config.hidden());
    q = floats(heads.queryWidth());
    k = floats(heads.keyValueWidth());
    v = floats(heads.keyValueWidth());
    attention = Activations.ofSize(heads.queryWidth());
    splits = AttentionOp.splits(heads, 1, cacheTokens);
    partials = floats(AttentionOp.partials(heads, 1, splits));
    gates = floats(largest(model, b -> b.router().map(r -> r.matrix().rows()).orElse(1)));
    logits = floats(config.vocabulary());
    sampling = SampleOp.Scratch.of(1, config.vocabulary());
    drawing =
        config.vocabulary() <= SampleOp.MAX_VOCABULARY
            ? Optional.of(
                new Drawing(
                    Chances.of(1, NAMED_TOKENS),
                    SampleOp.DrawScratch.of(1, config.vocabulary()),
                    zeros(1)))
            : Optional.empty();
    int count = model.layers().stream().mapToInt(l -> l.branches().size()).max().orElse(1);
    for (int i = 0; i < count; i++) {
      branches.add(branch(model));
    }
  }

  /** A small array that every graph passes on, as an input of the step: where nothing else is. */
  IntArray marker() {
    return tokens;
  }

  private static BranchArrays branch(ModelArrays model) {
    int active = largest(model, b -> b.gating().active());
    FloatArray weights = floats(active);
    weights.init(1);
    int width = largest(model, b -> b.gating().active() * b.gate().rows());
    return new BranchArrays(zeros(active), weights, Activations.ofSize(width));
  }

  private static int largest(ModelArrays model, ToIntFunction<ModelArrays.Branch> size) {
    return model.layers().stream()
        .flatMap(l -> l.branches().stream())
        .mapToInt(size)
        .max()
        .orElse(1);
  }

  private static FloatArray floats(int count) {
    FloatArray array = new FloatArray(count);
    array.init(0);
    return array;
  }

  private static IntArray zeros(int count) {
    IntArray array = new IntArray(count);
    array.init(0);
    return array;
  }
}
