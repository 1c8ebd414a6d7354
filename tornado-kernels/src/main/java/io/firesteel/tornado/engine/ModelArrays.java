package io.firesteel.tornado.engine;

import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.FeedForward;
import io.firesteel.model.arch.LayerWeights;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.ops.ExpertMatrix;
import io.firesteel.model.ops.Gating;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.WeightMatrix;
import io.firesteel.tornado.kernels.Projection;
import io.firesteel.tornado.kernels.RopeArrays;
import io.firesteel.tornado.kernels.RopeKvOp.HeadNorm;
import io.firesteel.tornado.kernels.Weights;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * A model's weights as TornadoVM's arrays.
 *
 * @param embedding token embedding table
 * @param layers one entry for each layer
 * @param outputNorm norm before the output head
 * @param output output head
 * @param rope rotation with its frequencies
 */
record ModelArrays(
    Weights embedding,
    List<ModelArrays.Layer> layers,
    FloatArray outputNorm,
    Projection output,
    RopeArrays rope) {
  private static final Gating ALWAYS =
      new Gating(Gating.Score.SIGMOID, 1, Gating.Weighting.AS_SCORED, 1);

  /** A layer: attention, then one branch, or two where there is a shared expert. */
  record Layer(
      LayerWeights weights,
      FloatArray attentionNorm,
      Projection query,
      Projection key,
      Projection value,
      Optional<HeadNorm> queryNorm,
      Optional<HeadNorm> keyNorm,
      Projection attentionOutput,
      FloatArray feedForwardNorm,
      List<Branch> branches) {}

  /**
   * Experts and who chooses among them.
   *
   * @param router empty for dense layers and for a shared expert of weight 1
   */
  record Branch(
      Optional<Router> router,
      Gating gating,
      FeedForward.Swiglu matrices,
      Weights gate,
      Weights up,
      Weights down) {}

  /** A router's matrix, in the model and on the device. */
  record Router(WeightMatrix matrix, Projection projection) {}

  /** Packs a model's weights, several layers at a time. */
  static ModelArrays of(ModelWeights weights, Progress.Task task) {
    Packer packer = new Packer(task);
    return new ModelArrays(
        packer.matrix(weights.embedding()),
        weights.layers().parallelStream().map(packer::layer).toList(),
        FloatArray.fromArray(weights.outputNorm().weight()),
        Projection.of(packer.matrix(weights.output())),
        RopeArrays.of(weights.config().rope()));
  }

  private record Packer(Progress.Task task) {
    Layer layer(LayerWeights layer) {
      return new Layer(
          layer,
          floats(layer.attentionNorm()),
          projection(layer.query()),
          projection(layer.key()),
          projection(layer.value()),
          headNorm(layer.queryNorm()),
          headNorm(layer.keyNorm()),
          projection(layer.attentionOutput()),
          floats(layer.feedForward().norm()),
          branches(layer.feedForward()));
    }

    private List<Branch> branches(FeedForward feedForward) {
      return switch (feedForward) {
        case FeedForward.Dense dense -> List.of(branch(Optional.empty(), ALWAYS, dense.experts()));
        case FeedForward.Mixture mixture -> {
          List<Branch> branches = new ArrayList<>();
          branches.add(branch(Optional.of(mixture.router()), mixture.gating(), mixture.experts()));
          mixture.shared().ifPresent(s -> branches.add(branch(s.gate(), ALWAYS, s.expert())));
          yield branches;
        }
      };
    }

    private Branch branch(
        Optional<WeightMatrix> router, Gating gating, FeedForward.Swiglu matrices) {
      return new Branch(
          router.map(m -> new Router(m, Projection.of(Weights.widened(m)))),
          gating,
          matrices,
          matrix(matrices.gate()),
          matrix(matrices.up()),
          matrix(matrices.down()));
    }

    private Projection projection(io.firesteel.model.ops.AttnIn.Projection projection) {
      Projection packed = Projection.of(projection);
      task.advance(projection.matrix().data().byteSize());
      return packed;
    }

    Weights matrix(WeightMatrix matrix) {
      Weights packed = Weights.of(matrix);
      task.advance(matrix.data().byteSize());
      return packed;
    }

    private Weights matrix(ExpertMatrix matrix) {
      Weights packed = Weights.of(matrix);
      task.advance(matrix.data().byteSize());
      return packed;
    }

    private static FloatArray floats(Norm norm) {
      return FloatArray.fromArray(norm.weight());
    }

    private static Optional<HeadNorm> headNorm(Norm norm) {
      return norm.weight().length == 0
          ? Optional.empty()
          : Optional.of(new HeadNorm(floats(norm), norm.epsilon()));
    }
  }
}
