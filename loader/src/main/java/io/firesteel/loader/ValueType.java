package io.firesteel.loader;

import java.util.Optional;

/** Types of metadata values, by their GGUF ids. */
public enum ValueType {
  /** Unsigned 8-bit integer. */
  UINT8(0, 1),
  /** Signed 8-bit integer. */
  INT8(1, 1),
  /** Unsigned 16-bit integer. */
  UINT16(2, 2),
  /** Signed 16-bit integer. */
  INT16(3, 2),
  /** Unsigned 32-bit integer. */
  UINT32(4, 4),
  /** Signed 32-bit integer. */
  INT32(5, 4),
  /** IEEE 754 single. */
  FLOAT32(6, 4),
  /** One byte, 0 or 1. */
  BOOL(7, 1),
  /** Length in 8 bytes, then UTF-8. */
  STRING(8, 0),
  /** Element type in 4 bytes, count in 8, then the elements. */
  ARRAY(9, 0),
  /** Unsigned 64-bit integer. */
  UINT64(10, 8),
  /** Signed 64-bit integer. */
  INT64(11, 8),
  /** IEEE 754 double. */
  FLOAT64(12, 8);

  private static final ValueType[] BY_ID = values();

  private final int id;
  private final int bytes;

  ValueType(int id, int bytes) {
    this.id = id;
    this.bytes = bytes;
  }

  /** The type with a GGUF id. */
  public static Optional<ValueType> ofId(long id) {
    return id < 0 || id >= BY_ID.length ? Optional.empty() : Optional.of(BY_ID[(int) id]);
  }

  /** The number that stands for this type in a file. */
  public int id() {
    return id;
  }

  /** Bytes of a value, or 0 if that varies. */
  public int bytes() {
    return bytes;
  }

  /** Whether its values are integers. */
  public boolean isInteger() {
    return switch (this) {
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, UINT64, INT64 -> true;
      case FLOAT32, BOOL, STRING, ARRAY, FLOAT64 -> false;
    };
  }

  /** Whether its values are floating-point numbers. */
  public boolean isFloating() {
    return this == FLOAT32 || this == FLOAT64;
  }
}
