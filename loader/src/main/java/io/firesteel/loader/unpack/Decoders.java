package io.firesteel.loader.unpack;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorInputStream;

/** Opens the streams that undo compressions. All of them read concatenated frames to the end. */
final class Decoders {
  private Decoders() {}

  /** The format of a file on the disk. */
  static Format formatOf(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return Format.of(in.readNBytes(Format.HEAD_BYTES));
    }
  }

  /**
   * Undoes a compression.
   *
   * @param packed the file's bytes
   * @param format of kind {@code COMPRESSED}
   */
  static InputStream open(InputStream packed, Format format, Path source, UnpackLimits limits)
      throws IOException {
    InputStream in = new BufferedInputStream(packed, 1 << 16);
    try {
      return GuardedStream.explain(source, () -> decoder(in, format, limits));
    } catch (LinkageError e) {
      throw UnpackException.noDecoder(source, format, e);
    }
  }

  private static InputStream decoder(InputStream in, Format format, UnpackLimits limits)
      throws IOException {
    return switch (format) {
      case GZIP ->
          GzipCompressorInputStream.builder()
              .setInputStream(in)
              .setDecompressConcatenated(true)
              .get();
      case XZ ->
          XZCompressorInputStream.builder()
              .setInputStream(in)
              .setDecompressConcatenated(true)
              .setMemoryLimitKiB((int) Math.min(Integer.MAX_VALUE, limits.decoderMemory() >> 10))
              .get();
      case ZSTD -> new ZstdCompressorInputStream(in);
      case LZ4 -> new FramedLZ4CompressorInputStream(in, true);
      case BZIP2 -> new BZip2CompressorInputStream(in, true);
      default -> throw new IllegalArgumentException(format + " is no compression");
    };
  }
}
