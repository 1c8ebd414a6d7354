package io.firesteel.tornado.sdk;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A code generator of TornadoVM. */
public enum Backend {
  /** PTX for NVIDIA GPUs; hand-written PTX can stand in the same graphs. */
  PTX,
  /** OpenCL, for other GPUs and, with PoCL, for CPUs. */
  OPENCL;

  /** The name in {@code tornado.properties} and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The backend of a label. */
  static Optional<Backend> of(String label) {
    return Arrays.stream(values()).filter(b -> b.label().equals(label)).findFirst();
  }

  /** The labels, for messages. */
  static String labels() {
    return Arrays.stream(values()).map(Backend::label).collect(Collectors.joining(", "));
  }

  /** TornadoVM's module of this backend. */
  String module() {
    return "tornado.drivers." + label();
  }

  /** File name of the native library. */
  String library() {
    return System.mapLibraryName("tornado-" + label());
  }
}
