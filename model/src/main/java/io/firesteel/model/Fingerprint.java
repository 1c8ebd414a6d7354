package io.firesteel.model;

import io.firesteel.loader.Gguf;
import io.firesteel.loader.Tensor;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Tells models apart: SHA-256 over each tensor's name, type, shape and some of its bytes. Models of
 * one shape differ in every tensor, so a few hundred bytes of each do, and tens of gigabytes need
 * not be read.
 */
final class Fingerprint {
  private static final int SAMPLES = 4;
  private static final int SAMPLE_BYTES = 64;

  private Fingerprint() {}

  static byte[] of(Gguf file) {
    MessageDigest digest = sha256();
    for (Tensor tensor : file.tensors()) {
      String line = tensor.name() + " " + tensor.type() + " " + Arrays.toString(tensor.shape());
      digest.update((line + "\n").getBytes(StandardCharsets.UTF_8));
      sample(digest, tensor.data());
    }
    return digest.digest();
  }

  private static void sample(MessageDigest digest, MemorySegment data) {
    long length = Math.min(SAMPLE_BYTES, data.byteSize());
    for (int i = 0; i < SAMPLES; i++) {
      long offset = (data.byteSize() - length) / (SAMPLES - 1) * i;
      digest.update(data.asSlice(offset, length).asByteBuffer());
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
