package io.firesteel.loader.blocks;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.GgufException;
import io.firesteel.loader.GgufWriter;
import io.firesteel.loader.Metadata;
import io.firesteel.loader.MetadataValue.IntegerValue;
import io.firesteel.loader.Tensor;
import io.firesteel.loader.TensorSpec;
import io.firesteel.loader.TensorType;
import io.firesteel.loader.ValueType;
import io.firesteel.loader.file.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.LongStream;

/**
 * Rewrites a model with other block formats. Each tensor is dequantised and quantised again, a
 * piece at a time on all cores; tensors that keep their type are copied bit by bit.
 */
public final class Requantiser {
  /** Elements in a piece: whole blocks of every type. */
  private static final int PIECE = 1 << 18;

  private static final String FILE_TYPE = "general.file_type";
  private static final String QUANTISATION_VERSION = "general.quantization_version";

  private final Gguf source;
  private final Progress progress;

  /** A requantiser of an open model. */
  public Requantiser(Gguf source, Progress progress) {
    this.source = source;
    this.progress = progress;
  }

  /**
   * Writes the model with every weight matrix in one type. Vectors (norms, biases) and the routers
   * keep their type: they are small, and much depends on them.
   *
   * @param target the file to create or to replace, which may be the source's own
   * @throws IllegalArgumentException if a matrix cannot take the type, naming it
   */
  public void writeAs(TensorType type, Path target) throws IOException {
    Metadata metadata = source.metadata();
    OptionalInt fileType = fileType(type);
    metadata =
        fileType.isPresent()
            ? metadata.with(FILE_TYPE, unsigned(fileType.getAsInt()))
            : metadata.without(FILE_TYPE);
    metadata = metadata.with(QUANTISATION_VERSION, unsigned(2));
    write(metadata, tensor -> isWeightMatrix(tensor) ? type : tensor.type(), target);
  }

  /**
   * Writes the model with a type chosen for each tensor.
   *
   * @param metadata what the new file says of itself
   * @param choice the type that a tensor is to have
   * @param target the file to create or to replace, which may be the source's own
   * @throws IllegalArgumentException if a tensor cannot take the type chosen, naming it
   */
  public void write(Metadata metadata, Function<Tensor, TensorType> choice, Path target)
      throws IOException {
    List<TensorSpec> specs = new ArrayList<>();
    long elements = 0;
    for (Tensor tensor : source.tensors()) {
      specs.add(TensorSpec.of(tensor).as(choice.apply(tensor)));
      elements += tensor.elements();
    }
    try (GgufWriter writer = GgufWriter.create(target, metadata, specs);
        Progress.Task task =
            progress.begin("quantise " + source.name(), Progress.Unit.ITEMS, elements)) {
      for (TensorSpec spec : specs) {
        write(source.tensor(spec.name()), spec, writer, task);
      }
      writer.commit();
    }
  }

  /** Whether a tensor is one of those that {@link #writeAs} quantises. */
  public static boolean isWeightMatrix(Tensor tensor) {
    return tensor.dimensions() >= 2
        && tensor.name().endsWith(".weight")
        && !tensor.name().contains("ffn_gate_inp")
        && !tensor.name().contains("_norm");
  }

  private static void write(Tensor from, TensorSpec to, GgufWriter writer, Progress.Task task)
      throws IOException {
    if (from.type() == to.type()) {
      writer.write(from);
      task.advance(from.elements());
      return;
    }
    BlockCodec decoder = BlockCodec.of(from.type());
    BlockCodec encoder = BlockCodec.of(to.type());
    long elements = from.elements();
    try {
      LongStream.rangeClosed(0, (elements - 1) / PIECE)
          .parallel()
          .forEach(
              piece -> {
                long first = piece * PIECE;
                int count = (int) Math.min(PIECE, elements - first);
                writePiece(from, decoder, encoder, first, count, writer);
                task.advance(count);
              });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void writePiece(
      Tensor from,
      BlockCodec decoder,
      BlockCodec encoder,
      long first,
      int count,
      GgufWriter writer) {
    float[] numbers = new float[count];
    decoder.dequantise(from.data(), from.type().bytes(first), numbers, 0, count);
    TensorType to = encoder.type();
    MemorySegment blocks = MemorySegment.ofArray(new byte[Math.toIntExact(to.bytes(count))]);
    try {
      encoder.quantise(numbers, 0, count, blocks, 0);
    } catch (IllegalArgumentException e) {
      throw new GgufException(
          from.file(),
          from.offset(),
          "tensor " + from.name() + " from element " + first,
          e.getMessage(),
          e);
    }
    try {
      writer.write(from.name(), to.bytes(first), blocks);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static IntegerValue unsigned(int value) {
    return new IntegerValue(ValueType.UINT32, value);
  }

  /** llama.cpp's number for a file whose matrices are all of one type, where there is one. */
  private static OptionalInt fileType(TensorType type) {
    return switch (type) {
      case F32 -> OptionalInt.of(0);
      case F16 -> OptionalInt.of(1);
      case Q4_0 -> OptionalInt.of(2);
      case Q4_1 -> OptionalInt.of(3);
      case Q8_0 -> OptionalInt.of(7);
      case Q5_0 -> OptionalInt.of(8);
      case Q5_1 -> OptionalInt.of(9);
      case Q2_K -> OptionalInt.of(10);
      case Q3_K -> OptionalInt.of(11);
      case Q4_K -> OptionalInt.of(14);
      case Q5_K -> OptionalInt.of(16);
      case Q6_K -> OptionalInt.of(18);
      case IQ4_NL -> OptionalInt.of(25);
      case IQ4_XS -> OptionalInt.of(30);
      case BF16 -> OptionalInt.of(32);
      case MXFP4 -> OptionalInt.of(38);
      default -> OptionalInt.empty();
    };
  }
}
