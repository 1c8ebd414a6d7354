package io.firesteel.loader.unpack;

/**
 * What a packed file may ask for before it is refused as a decompression bomb.
 *
 * @param allowance bytes that any file may unpack to, however small it is
 * @param ratio how many times its packed size a file may unpack to, beyond the allowance. Trained
 *     weights hardly shrink at all
 * @param headerBytes most bytes of metadata before the tensors of a GGUF file
 * @param decoderMemory most bytes that a decoder may ask for its dictionary
 */
public record UnpackLimits(long allowance, long ratio, long headerBytes, long decoderMemory) {
  private static final long MIB = 1L << 20;

  /** 64 MiB plus 100 times the packed size; 256 MiB of metadata; 300 MiB of dictionary. */
  public static final UnpackLimits DEFAULT = new UnpackLimits(64 * MIB, 100, 256 * MIB, 300 * MIB);

  /** Checks that no limit is negative. */
  public UnpackLimits {
    if (allowance < 0 || ratio < 0 || headerBytes < 0 || decoderMemory < 0) {
      throw new IllegalArgumentException("a limit is negative");
    }
  }

  /**
   * Most bytes that a file may unpack to.
   *
   * @param packed its size in bytes
   */
  public long unpacked(long packed) {
    long most = allowance + ratio * packed;
    boolean overflows = ratio != 0 && packed > (Long.MAX_VALUE - allowance) / ratio;
    return overflows ? Long.MAX_VALUE : most;
  }
}
