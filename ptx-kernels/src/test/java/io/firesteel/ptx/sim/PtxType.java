package io.firesteel.ptx.sim;

import java.util.Locale;
import java.util.Optional;

/** Fundamental and packed types of PTX. */
enum PtxType {
  PRED(0),
  B8(1),
  U8(1),
  S8(1),
  B16(2),
  U16(2),
  S16(2),
  F16(2),
  BF16(2),
  B32(4),
  U32(4),
  S32(4),
  F32(4),
  F16X2(4),
  BF16X2(4),
  B64(8),
  U64(8),
  S64(8),
  F64(8),
  B128(16);

  final int bytes;

  PtxType(int bytes) {
    this.bytes = bytes;
  }

  boolean signed() {
    return this == S8 || this == S16 || this == S32 || this == S64;
  }

  boolean floating() {
    return switch (this) {
      case F16, BF16, F32, F16X2, BF16X2, F64 -> true;
      case PRED, B8, U8, S8, B16, U16, S16, B32, U32, S32, B64, U64, S64, B128 -> false;
    };
  }

  /** Whether values live in the register file of 64-bit registers. */
  boolean wide() {
    return bytes == 8;
  }

  static Optional<PtxType> of(String suffix) {
    for (PtxType type : values()) {
      if (type.name().toLowerCase(Locale.ROOT).equals(suffix)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
