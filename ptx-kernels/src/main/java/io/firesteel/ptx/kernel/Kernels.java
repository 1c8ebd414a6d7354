package io.firesteel.ptx.kernel;

import io.firesteel.model.kv.KvFormat;

/** The kernels of this module, by op. */
public final class Kernels {
  private Kernels() {}

  /** The number that stands for a format in templates, as {@code KV_F16} and so on. */
  static long code(KvFormat format) {
    return switch (format) {
      case F32 -> 0;
      case F16 -> 1;
      case Q8 -> 2;
    };
  }
}
