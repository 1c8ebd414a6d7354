package io.firesteel.loader.blocks;

import io.firesteel.loader.TensorType;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/**
 * Where the parts of a block stand, as data: for kernels that read blocks themselves and for those
 * that pack them anew. How bits are distributed inside a part is told by the type's codec.
 *
 * <p>Source: ggml's block structures ({@code ggml-common.h}) and the GGUF specification; MXFP4 as
 * in the OCP Microscaling Formats specification 1.0.
 */
public final class BlockLayout {
  /** What a run of bytes in a block holds. */
  public enum Part {
    /** The block's scale: F16, or a power of two (E8M0) in MXFP4. */
    SCALE,
    /** The block's minimum, F16; in super-blocks the factor of the groups' minima. */
    MINIMUM,
    /** Whole-number scales (and minima, where the type has them) of the groups. */
    GROUP_SCALES,
    /** Upper bits of the groups' scales. */
    GROUP_SCALES_HIGH,
    /** The elements, or their lower bits. */
    QUANTS,
    /** Upper bits of the elements. */
    QUANTS_HIGH
  }

  /**
   * A run of bytes.
   *
   * @param offset its first byte, from the start of the block
   * @param bytes how many
   */
  public record Span(int offset, int bytes) {}

  private static final Map<TensorType, BlockLayout> LAYOUTS = layouts();

  private final TensorType type;
  private final int groupSize;
  private final int quantBits;
  private final SequencedMap<Part, Span> spans;

  private BlockLayout(
      TensorType type, int groupSize, int quantBits, SequencedMap<Part, Span> spans) {
    this.type = type;
    this.groupSize = groupSize;
    this.quantBits = quantBits;
    this.spans = Collections.unmodifiableSequencedMap(spans);
  }

  /**
   * The layout of a type.
   *
   * @throws IllegalArgumentException if the type cannot be read, naming it
   */
  public static BlockLayout of(TensorType type) {
    BlockLayout layout = LAYOUTS.get(Objects.requireNonNull(type, "type"));
    if (layout == null) {
      throw new IllegalArgumentException(
          "tensor type " + type + " is not supported, expected one of " + LAYOUTS.keySet());
    }
    return layout;
  }

  /** The type whose blocks it describes. */
  public TensorType type() {
    return type;
  }

  /** Elements that share a scale. */
  public int groupSize() {
    return groupSize;
  }

  /** Groups in a block. */
  public int groups() {
    return type.blockSize() / groupSize;
  }

  /** Bits of an element, lower and upper together. */
  public int quantBits() {
    return quantBits;
  }

  /** All parts in the order in which they stand; together they fill the block. */
  public SequencedMap<Part, Span> spans() {
    return spans;
  }

  /** Whether blocks have a part. */
  public boolean has(Part part) {
    return spans.containsKey(part);
  }

  /**
   * First byte of a part, from the start of the block.
   *
   * @throws IllegalArgumentException if blocks of the type have no such part
   */
  public int offset(Part part) {
    Span span = spans.get(part);
    if (span == null) {
      throw new IllegalArgumentException(type + " blocks have no " + part);
    }
    return span.offset();
  }

  @Override
  public String toString() {
    return type + " " + spans;
  }

  private static Map<TensorType, BlockLayout> layouts() {
    Map<TensorType, BlockLayout> layouts = new EnumMap<>(TensorType.class);
    for (TensorType type : TensorType.values()) {
      if (type.isReadable()) {
        Builder builder = layout(type);
        layouts.put(
            type, new BlockLayout(type, builder.groupSize, builder.quantBits, builder.spans));
      }
    }
    return layouts;
  }

  private static Builder layout(TensorType type) {
    return switch (type) {
      case F32, F16, BF16, F64, I8, I16, I32, I64 ->
          new Builder(1, 8 * type.blockBytes()).then(Part.QUANTS, type.blockBytes());
      case Q4_0, IQ4_NL -> new Builder(32, 4).then(Part.SCALE, 2).then(Part.QUANTS, 16);
      case Q4_1 ->
          new Builder(32, 4).then(Part.SCALE, 2).then(Part.MINIMUM, 2).then(Part.QUANTS, 16);
      case Q5_0 ->
          new Builder(32, 5).then(Part.SCALE, 2).then(Part.QUANTS_HIGH, 4).then(Part.QUANTS, 16);
      case Q5_1 ->
          new Builder(32, 5)
              .then(Part.SCALE, 2)
              .then(Part.MINIMUM, 2)
              .then(Part.QUANTS_HIGH, 4)
              .then(Part.QUANTS, 16);
      case Q8_0 -> new Builder(32, 8).then(Part.SCALE, 2).then(Part.QUANTS, 32);
      case Q2_K ->
          new Builder(16, 2)
              .then(Part.GROUP_SCALES, 16)
              .then(Part.QUANTS, 64)
              .then(Part.SCALE, 2)
              .then(Part.MINIMUM, 2);
      case Q3_K ->
          new Builder(16, 3)
              .then(Part.QUANTS_HIGH, 32)
              .then(Part.QUANTS, 64)
              .then(Part.GROUP_SCALES, 12)
              .then(Part.SCALE, 2);
      case Q4_K ->
          new Builder(32, 4)
              .then(Part.SCALE, 2)
              .then(Part.MINIMUM, 2)
              .then(Part.GROUP_SCALES, 12)
              .then(Part.QUANTS, 128);
      case Q5_K ->
          new Builder(32, 5)
              .then(Part.SCALE, 2)
              .then(Part.MINIMUM, 2)
              .then(Part.GROUP_SCALES, 12)
              .then(Part.QUANTS_HIGH, 32)
              .then(Part.QUANTS, 128);
      case Q6_K ->
          new Builder(16, 6)
              .then(Part.QUANTS, 128)
              .then(Part.QUANTS_HIGH, 64)
              .then(Part.GROUP_SCALES, 16)
              .then(Part.SCALE, 2);
      case IQ4_XS ->
          new Builder(32, 4)
              .then(Part.SCALE, 2)
              .then(Part.GROUP_SCALES_HIGH, 2)
              .then(Part.GROUP_SCALES, 4)
              .then(Part.QUANTS, 128);
      case MXFP4 -> new Builder(32, 4).then(Part.SCALE, 1).then(Part.QUANTS, 16);
      default -> throw new IllegalStateException(type + " is marked readable and has no layout");
    };
  }

  private static final class Builder {
    private final int groupSize;
    private final int quantBits;
    private final SequencedMap<Part, Span> spans = new LinkedHashMap<>();
    private int end;

    Builder(int groupSize, int quantBits) {
      this.groupSize = groupSize;
      this.quantBits = quantBits;
    }

    Builder then(Part part, int bytes) {
      spans.put(part, new Span(end, bytes));
      end += bytes;
      return this;
    }
  }
}
