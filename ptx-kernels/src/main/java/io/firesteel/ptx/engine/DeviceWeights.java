package io.firesteel.ptx.engine;

import io.firesteel.loader.TensorType;
import io.firesteel.loader.file.Progress;
import io.firesteel.model.arch.FeedForward;
import io.firesteel.model.arch.LayerWeights;
import io.firesteel.model.arch.ModelWeights;
import io.firesteel.model.ops.AttnIn.Projection;
import io.firesteel.model.ops.ExpertMatrix;
import io.firesteel.model.ops.Gating;
import io.firesteel.model.ops.Norm;
import io.firesteel.model.ops.WeightMatrix;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model's weights on the device.
 *
 * @param embedding token embedding table
 * @param layers one entry for each layer
 * @param outputNorm norm before the output head
 * @param output output head
 * @param frequencies address of the rotary frequencies
 */
record DeviceWeights(
    Matrix embedding, List<Layer> layers, DeviceNorm outputNorm, Matrix output, long frequencies) {
  /** A matrix, or the same matrix of every expert. */
  record Matrix(TensorType type, int rows, int columns, long address, long bias) {}

  /** A norm; address 0 where the model has none. */
  record DeviceNorm(long address, float epsilon) {}

  /** Gate, up and down projections of experts. */
  record Experts(int count, Matrix gate, Matrix up, Matrix down) {}

  /**
   * Chooses experts; {@code matrix} is missing for a shared expert of weight 1 and for dense
   * layers.
   */
  record Chooser(Optional<Matrix> matrix, Gating gating) {}

  /** Experts and who chooses among them. */
  record Branch(Chooser chooser, Experts experts) {}

  /** A layer: attention, then one branch, or two where there is a shared expert. */
  record Layer(
      DeviceNorm attentionNorm,
      Matrix query,
      Matrix key,
      Matrix value,
      DeviceNorm queryNorm,
      DeviceNorm keyNorm,
      Matrix attentionOutput,
      DeviceNorm feedForwardNorm,
      List<Branch> branches) {}

  private static final Gating ALWAYS =
      new Gating(Gating.Score.SIGMOID, 1, Gating.Weighting.AS_SCORED, 1);

  /** Copies weights to the device, into one run of memory. */
  static final class Upload {
    private final EngineMemory memory;
    private final Progress.Task task;

    Upload(EngineMemory memory, Progress.Task task) {
      this.memory = memory;
      this.task = task;
    }

    DeviceWeights run(ModelWeights weights) {
      Placement measured = new Placement(0);
      measured.place(weights);
      DeviceBuffer buffer = memory.allocate(measured.size);
      Placement placed = new Placement(buffer.address());
      DeviceWeights onDevice = placed.place(weights);
      placed.sizes.forEach(memory::note);
      memory.upload(buffer, placed.parts, task);
      return onDevice;
    }
  }

  /** Where each tensor goes, one behind the other. */
  private static final class Placement {
    private static final long ALIGNMENT = 256;

    private final long base;
    private final List<WeightPart> parts = new ArrayList<>();
    private final Map<Long, Long> sizes = new HashMap<>();
    private long size;

    Placement(long base) {
      this.base = base;
    }

    DeviceWeights place(ModelWeights weights) {
      Matrix embedding = matrix(weights.embedding());
      boolean tied = weights.output().data().equals(weights.embedding().data());
      return new DeviceWeights(
          embedding,
          weights.layers().stream().map(this::layer).toList(),
          norm(weights.outputNorm()),
          tied ? embedding : matrix(weights.output()),
          floats(weights.config().rope().frequencies()));
    }

    private Layer layer(LayerWeights layer) {
      return new Layer(
          norm(layer.attentionNorm()),
          projection(layer.query()),
          projection(layer.key()),
          projection(layer.value()),
          norm(layer.queryNorm()),
          norm(layer.keyNorm()),
          projection(layer.attentionOutput()),
          norm(layer.feedForward().norm()),
          branches(layer.feedForward()));
    }

    private List<Branch> branches(FeedForward feedForward) {
      return switch (feedForward) {
        case FeedForward.Dense dense ->
            List.of(new Branch(new Chooser(Optional.empty(), ALWAYS), experts(dense.experts())));
        case FeedForward.Mixture mixture -> {
          Branch routed =
              new Branch(
                  new Chooser(Optional.of(matrix(mixture.router())), mixture.gating()),
                  experts(mixture.experts()));
          yield mixture.shared().isEmpty()
              ? List.of(routed)
              : List.of(routed, shared(mixture.shared().get()));
        }
      };
    }

    private Branch shared(FeedForward.SharedExpert shared) {
      return new Branch(
          new Chooser(shared.gate().map(this::matrix), ALWAYS), experts(shared.expert()));
    }

    private Experts experts(FeedForward.Swiglu swiglu) {
      return new Experts(
          swiglu.gate().experts(),
          matrix(swiglu.gate()),
          matrix(swiglu.up()),
          matrix(swiglu.down()));
    }

    private Matrix projection(Projection projection) {
      WeightMatrix m = projection.matrix();
      return new Matrix(
          m.type(), m.rows(), m.columns(), tensor(m.type(), m.data()), floats(projection.bias()));
    }

    private Matrix matrix(WeightMatrix m) {
      return new Matrix(m.type(), m.rows(), m.columns(), tensor(m.type(), m.data()), 0);
    }

    private Matrix matrix(ExpertMatrix m) {
      return new Matrix(m.type(), m.rows(), m.columns(), tensor(m.type(), m.data()), 0);
    }

    /** Address of a tensor. */
    private long tensor(TensorType type, MemorySegment blocks) {
      long offset = size;
      size += Math.ceilDiv(blocks.byteSize(), ALIGNMENT) * ALIGNMENT;
      sizes.put(base + offset, blocks.byteSize());
      parts.addAll(WeightPart.split(type, blocks, offset, WeightUpload.PART_BYTES));
      return base + offset;
    }

    /** Address of floats, 0 for none. */
    private long floats(float[] values) {
      return values.length == 0 ? 0 : tensor(TensorType.F32, MemorySegment.ofArray(values));
    }

    private DeviceNorm norm(Norm norm) {
      return new DeviceNorm(floats(norm.weight()), norm.epsilon());
    }
  }
}
