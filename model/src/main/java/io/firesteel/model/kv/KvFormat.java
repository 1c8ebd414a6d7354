package io.firesteel.model.kv;

/** How a key or value vector is stored in a page. */
public enum KvFormat {
  /** 32-bit floats: exact, the oracle's format. */
  F32(Float.BYTES, 0),
  /** IEEE half floats. */
  F16(Short.BYTES, 0),
  /** Signed bytes with one half-float scale for each run of {@link #Q8_RUN} elements. */
  Q8(Byte.BYTES, Short.BYTES);

  /** Elements of a vector that share one scale in {@link #Q8}. */
  public static final int Q8_RUN = 32;

  private final int elementBytes;
  private final int scaleBytes;

  KvFormat(int elementBytes, int scaleBytes) {
    this.elementBytes = elementBytes;
    this.scaleBytes = scaleBytes;
  }

  /** Bytes of one stored element, without its share of a scale. */
  public int elementBytes() {
    return elementBytes;
  }

  /**
   * Bytes of the scales of one vector of {@code headSize} elements; 0 for formats without scales.
   */
  public int scaleBytes(int headSize) {
    return headSize / Q8_RUN * scaleBytes;
  }
}
