package io.firesteel.loader.unpack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;

/** Makes small GGUF files and packs them. */
final class Packed {
  private Packed() {}

  /** A GGUF file of one F32 tensor with random contents. */
  static byte[] gguf(long seed, int floats) {
    byte[] data = new byte[4 * floats];
    new Random(seed).nextBytes(data);
    return concat(ggufHeader(0, floats), data);
  }

  /** The part of a GGUF file before its tensors: one metadata string, one tensor. */
  static byte[] ggufHeader(int type, long elements) {
    ByteBuffer out = ByteBuffer.allocate(1024).order(ByteOrder.LITTLE_ENDIAN);
    out.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(1).putLong(2);
    string(out, "general.architecture").putInt(8);
    string(out, "none");
    string(out, "general.list").putInt(9).putInt(8).putLong(2);
    string(out, "a");
    string(out, "b");
    string(out, "weight").putInt(1).putLong(elements).putInt(type).putLong(0);
    out.position(Math.ceilDiv(out.position(), 32) * 32);
    return slice(out.array(), 0, out.position());
  }

  private static ByteBuffer string(ByteBuffer out, String text) {
    return out.putLong(text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] compress(Format format, byte[] contents) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream packer = packer(format, out)) {
      packer.write(contents);
    }
    return out.toByteArray();
  }

  static OutputStream packer(Format format, OutputStream out) throws IOException {
    return switch (format) {
      case GZIP -> new GzipCompressorOutputStream(out);
      case XZ -> new XZCompressorOutputStream(out);
      case ZSTD ->
          ZstdCompressorOutputStream.builder().setOutputStream(out).setChecksum(true).get();
      case LZ4 -> new FramedLZ4CompressorOutputStream(out);
      case BZIP2 -> new BZip2CompressorOutputStream(out, 1);
      default -> throw new IllegalArgumentException(format.name());
    };
  }

  static byte[] tar(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        TarArchiveEntry header = new TarArchiveEntry(entry.getKey(), true);
        header.setSize(entry.getValue().length);
        tar.putArchiveEntry(header);
        tar.write(entry.getValue());
        tar.closeArchiveEntry();
      }
    }
    return out.toByteArray();
  }

  static byte[] tarEntry(TarArchiveEntry entry) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      tar.putArchiveEntry(entry);
      tar.closeArchiveEntry();
    }
    return out.toByteArray();
  }

  static byte[] zip(int method, Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(out)) {
      zip.setMethod(method);
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        ZipArchiveEntry header = new ZipArchiveEntry(entry.getKey());
        if (method == ZipArchiveOutputStream.STORED) {
          CRC32 checksum = new CRC32();
          checksum.update(entry.getValue());
          header.setCrc(checksum.getValue());
          header.setSize(entry.getValue().length);
        }
        zip.putArchiveEntry(header);
        zip.write(entry.getValue());
        zip.closeArchiveEntry();
      }
    }
    return out.toByteArray();
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] slice(byte[] bytes, int from, int to) {
    return Arrays.copyOfRange(bytes, from, to);
  }
}
