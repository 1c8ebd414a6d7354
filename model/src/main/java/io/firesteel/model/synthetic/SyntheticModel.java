package io.firesteel.model.synthetic;

import io.firesteel.loader.GgufWriter;
import io.firesteel.loader.Metadata;
import io.firesteel.loader.TensorSpec;
import io.firesteel.loader.TensorType;
import io.firesteel.loader.file.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A GGUF file with random weights, before it is written: what tensors it will have and how large it
 * will be.
 *
 * <pre>{@code
 * Shape shape = KnownModels.find("Qwen3-30B-A3B").orElseThrow();
 * SyntheticModel model = new SyntheticModel(shape, TypeMix.Q4_K_M, Vocabulary.embedded(), 1);
 * model.write(path, 16, Progress.NONE);
 * }</pre>
 *
 * <p>The same shape, mix, vocabulary and seed give the same bytes, whatever the number of threads.
 * Weights are drawn as blocks, not quantised from floats, with the standard deviations that keep
 * activations at their size through all layers.
 */
public final class SyntheticModel {
  private final Shape shape;
  private final Metadata metadata;
  private final List<PlannedTensor> tensors;
  private final long seed;

  /**
   * Plans a model.
   *
   * @param shape the model's numbers
   * @param mix block types
   * @param vocabulary tokenizer, filled up with unused tokens to the shape's vocabulary
   * @param seed of all weights
   * @throws IllegalArgumentException if the vocabulary has more tokens than the shape
   */
  public SyntheticModel(Shape shape, TypeMix mix, Vocabulary vocabulary, long seed) {
    this.shape = shape;
    this.metadata = SyntheticMetadata.of(shape, mix, vocabulary.filledTo(shape.vocabulary()), seed);
    this.tensors = TensorPlan.of(shape, mix);
    this.seed = seed;
  }

  /** The model's numbers. */
  public Shape shape() {
    return shape;
  }

  /** Keys and values of the file. */
  public Metadata metadata() {
    return metadata;
  }

  /** The tensors, in the file's order. */
  public List<TensorSpec> tensors() {
    return tensors.stream().map(PlannedTensor::spec).toList();
  }

  /** Bytes of all tensors together. */
  public long tensorBytes() {
    return tensors.stream().mapToLong(tensor -> tensor.spec().bytes()).sum();
  }

  /** Number of weights. */
  public long parameters() {
    return tensors.stream().mapToLong(tensor -> elements(tensor.spec())).sum();
  }

  /** Bytes of all tensors of each type that there is. */
  public Map<TensorType, Long> bytesByType() {
    Map<TensorType, Long> bytes = new EnumMap<>(TensorType.class);
    tensors.forEach(t -> bytes.merge(t.spec().type(), t.spec().bytes(), Long::sum));
    return bytes;
  }

  /**
   * Writes the file, whole or not at all.
   *
   * @param target the file to create or to replace
   * @param threads how many threads draw weights and write, at least 1
   * @param progress hears of the bytes written
   * @throws io.firesteel.loader.file.DiskFullException if there is no room for it
   * @throws IOException if writing fails or the calling thread is interrupted
   */
  public void write(Path target, int threads, Progress progress) throws IOException {
    try (GgufWriter writer = GgufWriter.create(target, metadata, tensors())) {
      String label = "write " + target.getFileName();
      try (Progress.Task task = progress.begin(label, Progress.Unit.BYTES, tensorBytes())) {
        new WeightWriter(writer, tensors, seed, task).run(threads);
      }
      writer.commit();
    }
  }

  private static long elements(TensorSpec spec) {
    long elements = 1;
    for (long dimension : spec.shape()) {
      elements *= dimension;
    }
    return elements;
  }
}
