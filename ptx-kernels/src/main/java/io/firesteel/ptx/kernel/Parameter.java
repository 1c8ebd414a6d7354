package io.firesteel.ptx.kernel;

/**
 * A parameter of a kernel. Each takes eight bytes, so that one convention serves every launcher;
 * scalars lie in the low bytes.
 *
 * @param name its name in the source
 * @param kind what the eight bytes hold
 */
public record Parameter(String name, Kind kind) {
  /** What the eight bytes of a parameter hold. */
  public enum Kind {
    /** Address of device memory. */
    PTR,
    /** Unsigned 32-bit integer in the low half. */
    U32,
    /** 64-bit integer. */
    U64,
    /** 32-bit float in the low half. */
    F32
  }
}
