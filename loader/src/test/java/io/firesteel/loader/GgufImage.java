package io.firesteel.loader;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Builds the bytes of a file field by field, right or wrong. */
final class GgufImage {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A little-endian file that announces some tensors and values. */
  static GgufImage begin(int version, long tensors, long values) {
    return new GgufImage().ascii("GGUF").i32(version).i64(tensors).i64(values);
  }

  GgufImage ascii(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  GgufImage i8(int value) {
    out.write(value);
    return this;
  }

  GgufImage i32(long value) {
    return number(value, 4);
  }

  GgufImage i64(long value) {
    return number(value, 8);
  }

  GgufImage text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    i64(utf8.length);
    out.writeBytes(utf8);
    return this;
  }

  /** The head of a metadata value. */
  GgufImage key(String key, ValueType type) {
    return text(key).i32(type.id());
  }

  /** A line of the tensor directory. */
  GgufImage tensor(String name, TensorType type, long offset, long... shape) {
    text(name).i32(shape.length);
    for (long dimension : shape) {
      i64(dimension);
    }
    return i32(type.id()).i64(offset);
  }

  /** Zeros up to a multiple, then some more. */
  GgufImage data(int alignment, int bytes) {
    int padding = -out.size() & (alignment - 1);
    out.writeBytes(new byte[padding + bytes]);
    return this;
  }

  int size() {
    return out.size();
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  Gguf open() {
    return Gguf.of("image.gguf", MemorySegment.ofArray(bytes()));
  }

  private GgufImage number(long value, int bytes) {
    for (int i = 0; i < bytes; i++) {
      out.write((int) (value >>> (8 * i)));
    }
    return this;
  }
}
