package io.firesteel.loader;

import java.util.Optional;

/**
 * Tensor element types of GGUF files, by their ggml ids: blocks of {@link #blockSize} elements
 * stored in {@link #blockBytes} bytes. All types that ggml defines are here, so that a file which
 * holds one that Firesteel cannot compute with can still be listed and be refused by name; {@link
 * #isReadable} tells them apart.
 */
public enum TensorType {
  /** IEEE 754 single precision. */
  F32(0, 1, 4, true),
  /** IEEE 754 half precision. */
  F16(1, 1, 2, true),
  /** 4-bit quants and one F16 scale. */
  Q4_0(2, 32, 18, true),
  /** 4-bit quants, F16 scale and minimum. */
  Q4_1(3, 32, 20, true),
  /** 5-bit quants and one F16 scale. */
  Q5_0(6, 32, 22, true),
  /** 5-bit quants, F16 scale and minimum. */
  Q5_1(7, 32, 24, true),
  /** 8-bit quants and one F16 scale. */
  Q8_0(8, 32, 34, true),
  /** 8-bit activations with their sum; never stored in files. */
  Q8_1(9, 32, 36, false),
  /** 2-bit quants with 4-bit scales and minima in a super-block. */
  Q2_K(10, 256, 84, true),
  /** 3-bit quants with 6-bit scales in a super-block. */
  Q3_K(11, 256, 110, true),
  /** 4-bit quants with 6-bit scales and minima in a super-block. */
  Q4_K(12, 256, 144, true),
  /** 5-bit quants with 6-bit scales and minima in a super-block. */
  Q5_K(13, 256, 176, true),
  /** 6-bit quants with 8-bit scales in a super-block. */
  Q6_K(14, 256, 210, true),
  /** 8-bit activations with group sums; never stored in files. */
  Q8_K(15, 256, 292, false),
  /** Lattice quants of 2.06 bits; not supported. */
  IQ2_XXS(16, 256, 66, false),
  /** Lattice quants of 2.31 bits; not supported. */
  IQ2_XS(17, 256, 74, false),
  /** Lattice quants of 3.06 bits; not supported. */
  IQ3_XXS(18, 256, 98, false),
  /** Lattice quants of 1.56 bits; not supported. */
  IQ1_S(19, 256, 50, false),
  /** 4-bit quants into a table of unevenly spaced values, one F16 scale. */
  IQ4_NL(20, 32, 18, true),
  /** Lattice quants of 3.44 bits; not supported. */
  IQ3_S(21, 256, 110, false),
  /** Lattice quants of 2.56 bits; not supported. */
  IQ2_S(22, 256, 82, false),
  /** 4-bit quants into a table of unevenly spaced values, 6-bit scales in a super-block. */
  IQ4_XS(23, 256, 136, true),
  /** Signed 8-bit integers. */
  I8(24, 1, 1, true),
  /** Signed 16-bit integers. */
  I16(25, 1, 2, true),
  /** Signed 32-bit integers. */
  I32(26, 1, 4, true),
  /** Signed 64-bit integers. */
  I64(27, 1, 8, true),
  /** IEEE 754 double precision. */
  F64(28, 1, 8, true),
  /** Lattice quants of 1.75 bits; not supported. */
  IQ1_M(29, 256, 56, false),
  /** The upper half of an IEEE 754 single. */
  BF16(30, 1, 2, true),
  /** Ternary quants of 1.69 bits; not supported. */
  TQ1_0(34, 256, 54, false),
  /** Ternary quants of 2.06 bits; not supported. */
  TQ2_0(35, 256, 66, false),
  /** 4-bit floats (E2M1) with a power of two as scale (E8M0). */
  MXFP4(39, 32, 17, true),
  /** 4-bit floats (E2M1) with 8-bit floats as scales; not supported. */
  NVFP4(40, 64, 36, false),
  /** Signs with one F16 scale; not supported. */
  Q1_0(41, 128, 18, false);

  private static final TensorType[] BY_ID = indexById();

  private final int id;
  private final int blockSize;
  private final int blockBytes;
  private final boolean readable;

  TensorType(int id, int blockSize, int blockBytes, boolean readable) {
    this.id = id;
    this.blockSize = blockSize;
    this.blockBytes = blockBytes;
    this.readable = readable;
  }

  /** The type with a ggml id, if ggml defines it now. */
  public static Optional<TensorType> ofId(long id) {
    return id < 0 || id >= BY_ID.length ? Optional.empty() : Optional.ofNullable(BY_ID[(int) id]);
  }

  /** The number that stands for this type in a file. */
  public int id() {
    return id;
  }

  /** Elements of a block. */
  public int blockSize() {
    return blockSize;
  }

  /** Bytes of a block. */
  public int blockBytes() {
    return blockBytes;
  }

  /** Whether Firesteel can dequantise it. Files that hold other types can be listed. */
  public boolean isReadable() {
    return readable;
  }

  /** Bits that one element takes on average. */
  public double bitsPerElement() {
    return 8.0 * blockBytes / blockSize;
  }

  /**
   * Bytes of {@code elements} elements.
   *
   * @param elements a multiple of {@link #blockSize}
   * @throws ArithmeticException if the number of bytes does not fit in a long
   */
  public long bytes(long elements) {
    return Math.multiplyExact(elements / blockSize, (long) blockBytes);
  }

  private static TensorType[] indexById() {
    TensorType[] index = new TensorType[64];
    for (TensorType type : values()) {
      index[type.id] = type;
    }
    return index;
  }
}
