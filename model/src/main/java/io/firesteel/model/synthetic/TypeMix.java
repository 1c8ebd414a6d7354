package io.firesteel.model.synthetic;

import io.firesteel.loader.TensorType;

/**
 * Which block type each matrix of a file gets, by the rules of llama.cpp's quantiser (without an
 * importance matrix). {@link #Q2_K}, {@link #Q3_K}, {@link #IQ4_NL}, {@link #IQ4_XS} and {@link
 * #MXFP4} are plainer than the quantiser's mixtures: one type for all matrices but the output head.
 */
public enum TypeMix {
  /** Single precision throughout. */
  F32(0, TensorType.F32),
  /** Half precision. */
  F16(1, TensorType.F16),
  /** The upper half of single precision. */
  BF16(32, TensorType.BF16),
  /** 4 bits, one scale for 32. */
  Q4_0(2, TensorType.Q4_0),
  /** 4 bits, scale and minimum for 32. */
  Q4_1(3, TensorType.Q4_1),
  /** 5 bits, one scale for 32. */
  Q5_0(8, TensorType.Q5_0),
  /** 5 bits, scale and minimum for 32. */
  Q5_1(9, TensorType.Q5_1),
  /** 8 bits, one scale for 32. */
  Q8_0(7, TensorType.Q8_0),
  /** Q2_K for all matrices. */
  Q2_K(10, TensorType.Q2_K),
  /** Q3_K for all matrices. */
  Q3_K(11, TensorType.Q3_K),
  /** Q4_K, and Q5_K in the first layers' value and down projections. */
  Q4_K_S(14, TensorType.Q4_K),
  /** Q4_K, and Q6_K in about half of the value and down projections. */
  Q4_K_M(15, TensorType.Q4_K),
  /** Q5_K. */
  Q5_K_S(16, TensorType.Q5_K),
  /** Q5_K, and Q6_K in about half of the value and down projections. */
  Q5_K_M(17, TensorType.Q5_K),
  /** Q6_K. */
  Q6_K(18, TensorType.Q6_K),
  /** IQ4_NL for all matrices. */
  IQ4_NL(25, TensorType.IQ4_NL),
  /** IQ4_XS for all matrices. */
  IQ4_XS(30, TensorType.IQ4_XS),
  /** MXFP4 for all matrices. */
  MXFP4(38, TensorType.MXFP4);

  private final int fileType;
  private final TensorType base;

  TypeMix(int fileType, TensorType base) {
    this.fileType = fileType;
    this.base = base;
  }

  /** The number that stands for it in {@code general.file_type}. */
  int fileType() {
    return fileType;
  }

  /**
   * The type of a matrix.
   *
   * @param role what the matrix is for
   * @param layer the layer it belongs to; ignored for the embedding and the output head
   * @param columns its innermost dimension
   */
  TensorType typeOf(Role role, Shape shape, int layer, long columns) {
    return switch (role) {
      case NORM, BIAS, ROUTER, SHARED_GATE, ROPE_FACTORS -> TensorType.F32;
      case OUTPUT -> fitting(outputType(), columns);
      case EMBEDDING -> fitting(shape.tied() ? outputType() : base, columns);
      case VALUE -> fitting(valueType(shape, layer), columns);
      case KEY -> fitting(eightExperts(shape) ? TensorType.Q8_0 : base, columns);
      case DOWN -> fitting(downType(shape.layers(), layer), columns);
      case ATTENTION_OUTPUT ->
          fitting(eightExperts(shape) && base == TensorType.Q4_K ? TensorType.Q5_K : base, columns);
      case QUERY, GATE, UP -> fitting(base, columns);
    };
  }

  private TensorType outputType() {
    return isPlain() || this == Q8_0 ? base : TensorType.Q6_K;
  }

  private TensorType valueType(Shape shape, int layer) {
    if (eightExperts(shape)) {
      return TensorType.Q8_0;
    }
    if (isMedium() && needsMoreBits(shape.layers(), layer)) {
      return TensorType.Q6_K;
    }
    boolean first = this == Q4_K_S && layer < 4;
    boolean sharedByEight = base == TensorType.Q4_K && shape.layers() == 80;
    return first || sharedByEight ? TensorType.Q5_K : base;
  }

  private TensorType downType(int layers, int layer) {
    if (isMedium() && needsMoreBits(layers, layer)) {
      return TensorType.Q6_K;
    }
    return this == Q4_K_S && layer < layers / 8 ? TensorType.Q5_K : base;
  }

  private boolean isMedium() {
    return this == Q4_K_M || this == Q5_K_M;
  }

  /** Small mixtures spend little on attention, so that it gets more bits. */
  private boolean eightExperts(Shape shape) {
    return !isPlain() && shape.experts().map(Experts::count).orElse(0) == 8;
  }

  private boolean isPlain() {
    return this == F32 || this == F16 || this == BF16;
  }

  /** The first and the last eighth of the layers, and every third one between. */
  static boolean needsMoreBits(int layers, int layer) {
    return layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
  }

  /** The nearest type whose blocks divide a row. */
  private static TensorType fitting(TensorType type, long columns) {
    if (columns % type.blockSize() == 0) {
      return type;
    }
    TensorType smaller =
        switch (type) {
          case Q2_K, Q3_K, IQ4_XS -> TensorType.IQ4_NL;
          case Q4_K -> TensorType.Q5_0;
          case Q5_K -> TensorType.Q5_1;
          case Q6_K -> TensorType.Q8_0;
          default -> TensorType.F16;
        };
    return columns % smaller.blockSize() == 0 ? smaller : TensorType.F16;
  }
}
