package io.firesteel.loader.blocks;

import io.firesteel.loader.GgufException;
import io.firesteel.loader.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Turns blocks of one tensor type into floats, exactly as ggml's reference routines do. Codecs have
 * no state: each one may be used by any number of threads.
 */
public abstract sealed class BlockCodec
    permits PlainCodec,
        Quants4,
        Quants5,
        Q8Codec,
        Q2KCodec,
        Q3KCodec,
        Q4KCodec,
        Q5KCodec,
        Q6KCodec,
        TableCodec {
  private static final Map<TensorType, BlockCodec> CODECS = codecs();
  private static final int CHUNK_BYTES = 4096;

  private final TensorType type;

  BlockCodec(TensorType type) {
    this.type = type;
  }

  /**
   * The codec of a type.
   *
   * @throws IllegalArgumentException if the type cannot be read, naming it
   */
  public static BlockCodec of(TensorType type) {
    BlockCodec codec = CODECS.get(Objects.requireNonNull(type, "type"));
    if (codec == null) {
      throw new IllegalArgumentException(
          "tensor type " + type + " is not supported, expected one of " + CODECS.keySet());
    }
    return codec;
  }

  /** The type whose blocks it reads. */
  public final TensorType type() {
    return type;
  }

  /**
   * Dequantises elements to single precision.
   *
   * @param source memory that holds whole blocks
   * @param offset byte in {@code source} where the first block begins; need not be aligned
   * @param target where the elements go
   * @param targetOffset index of the first of them
   * @param elements how many, a multiple of the block size
   * @throws GgufException if {@code source} maps a file that has become shorter
   */
  public final void dequantise(
      MemorySegment source, long offset, float[] target, int targetOffset, int elements) {
    requireWholeBlocks(elements);
    Objects.checkFromIndexSize(targetOffset, elements, target.length);
    try {
      decodeAll(source, offset, target, targetOffset, elements);
    } catch (InternalError e) {
      throw GgufException.ofFault(e);
    }
  }

  private void decodeAll(
      MemorySegment source, long offset, float[] target, int targetOffset, int elements) {
    int blocks = elements / type.blockSize();
    int chunk = chunkBlocks(blocks);
    byte[] bytes = new byte[chunk * type.blockBytes()];
    for (int done = 0; done < blocks; done += chunk) {
      int some = Math.min(chunk, blocks - done);
      MemorySegment.copy(
          source,
          ValueLayout.JAVA_BYTE,
          offset + (long) done * type.blockBytes(),
          bytes,
          0,
          some * type.blockBytes());
      decode(bytes, some, target, targetOffset + done * type.blockSize());
    }
  }

  /** Whether {@link #quantise} is there: for all types but the integers. */
  public boolean quantises() {
    return true;
  }

  /**
   * Quantises elements, with scales searched for the least squared error. The result depends on
   * nothing but the elements of each block.
   *
   * @param source finite elements, small enough for the type's scale
   * @param sourceOffset index of the first one
   * @param elements how many, a multiple of the block size
   * @param target memory that takes the blocks
   * @param offset byte in {@code target} where the first block goes; need not be aligned
   * @throws IllegalArgumentException if an element is not finite or too large, naming it
   * @throws UnsupportedOperationException if the type is an integer type
   */
  public final void quantise(
      float[] source, int sourceOffset, int elements, MemorySegment target, long offset) {
    requireWholeBlocks(elements);
    Objects.checkFromIndexSize(sourceOffset, elements, source.length);
    requireFinite(source, sourceOffset, elements);
    int blocks = elements / type.blockSize();
    int chunk = chunkBlocks(blocks);
    byte[] bytes = new byte[chunk * type.blockBytes()];
    byte[] block = new byte[type.blockBytes()];
    Encoder encoder = encoder();
    for (int done = 0; done < blocks; done += chunk) {
      int some = Math.min(chunk, blocks - done);
      for (int i = 0; i < some; i++) {
        encode(encoder, source, sourceOffset + (done + i) * type.blockSize(), block);
        System.arraycopy(block, 0, bytes, i * block.length, block.length);
      }
      MemorySegment.copy(
          bytes,
          0,
          target,
          ValueLayout.JAVA_BYTE,
          offset + (long) done * block.length,
          some * block.length);
    }
  }

  private void encode(Encoder encoder, float[] source, int from, byte[] block) {
    try {
      encoder.encode(source, from, block);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "elements %d to %d are too large for %s: %s"
              .formatted(from, from + type.blockSize() - 1, type, e.getMessage()),
          e);
    }
  }

  private int chunkBlocks(int blocks) {
    return Math.max(1, Math.min(blocks, CHUNK_BYTES / type.blockBytes()));
  }

  /** Quantises one block after another; used by one thread. */
  @FunctionalInterface
  interface Encoder {
    /**
     * Writes every bit of a block.
     *
     * @throws ArithmeticException if the scale does not fit
     */
    void encode(float[] source, int from, byte[] block);
  }

  /** Dequantises blocks that follow each other from the start of {@code bytes}. */
  void decode(byte[] bytes, int blocks, float[] target, int to) {
    for (int block = 0; block < blocks; block++) {
      decodeBlock(bytes, block * type.blockBytes(), target, to + block * type.blockSize());
    }
  }

  /** Dequantises one block, which begins at {@code at}. */
  abstract void decodeBlock(byte[] block, int at, float[] target, int to);

  /** An encoder with working memory of its own. */
  abstract Encoder encoder();

  private void requireFinite(float[] source, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (!Float.isFinite(source[i])) {
        throw new IllegalArgumentException(
            "element %d is %s, expected a finite number to quantise to %s"
                .formatted(i, source[i], type));
      }
    }
  }

  private void requireWholeBlocks(int elements) {
    if (elements < 0 || elements % type.blockSize() != 0) {
      throw new IllegalArgumentException(
          "%d elements of %s, expected a multiple of %d"
              .formatted(elements, type, type.blockSize()));
    }
  }

  private static Map<TensorType, BlockCodec> codecs() {
    Map<TensorType, BlockCodec> codecs = new EnumMap<>(TensorType.class);
    for (TensorType type : TensorType.values()) {
      if (type.isReadable()) {
        codecs.put(type, create(type));
      }
    }
    return codecs;
  }

  private static BlockCodec create(TensorType type) {
    return switch (type) {
      case F32, F16, BF16, F64, I8, I16, I32, I64 -> new PlainCodec(type);
      case Q4_0, Q4_1 -> new Quants4(type);
      case Q5_0, Q5_1 -> new Quants5(type);
      case Q8_0 -> new Q8Codec();
      case Q2_K -> new Q2KCodec();
      case Q3_K -> new Q3KCodec();
      case Q4_K -> new Q4KCodec();
      case Q5_K -> new Q5KCodec();
      case Q6_K -> new Q6KCodec();
      case IQ4_NL, IQ4_XS, MXFP4 -> new TableCodec(type);
      default -> throw new IllegalStateException(type + " is marked readable and has no codec");
    };
  }
}
