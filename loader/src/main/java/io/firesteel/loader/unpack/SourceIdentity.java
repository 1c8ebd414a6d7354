package io.firesteel.loader.unpack;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Tells packed files apart without reading them whole: by path, size, time of change, and a
 * checksum of their first and last megabyte. The end of a compressed file holds the checksum of its
 * contents in every format but plain tar, so that a file replaced in place is noticed even if size
 * and time stay.
 *
 * @param place a hash of the paths
 * @param contents a hash of sizes, times and samples
 */
record SourceIdentity(String place, String contents) {
  private static final int SAMPLE_BYTES = 1 << 20;

  /** Identifies one file, or the files of a split model. */
  static SourceIdentity of(List<Path> sources) throws IOException {
    MessageDigest place = sha256();
    MessageDigest contents = sha256();
    for (Path source : sources) {
      place.update((source + "\n").getBytes(StandardCharsets.UTF_8));
      addSamples(source, contents);
    }
    HexFormat hex = HexFormat.of();
    return new SourceIdentity(
        hex.formatHex(place.digest(), 0, 8), hex.formatHex(contents.digest(), 0, 16));
  }

  private static void addSamples(Path source, MessageDigest digest) throws IOException {
    try (FileChannel channel = FileChannel.open(source, StandardOpenOption.READ)) {
      long size = channel.size();
      String facts = size + " " + Files.getLastModifiedTime(source) + "\n";
      digest.update(facts.getBytes(StandardCharsets.UTF_8));
      addSample(channel, 0, digest);
      addSample(channel, Math.max(0, size - SAMPLE_BYTES), digest);
    }
  }

  private static void addSample(FileChannel channel, long position, MessageDigest digest)
      throws IOException {
    ByteBuffer sample = ByteBuffer.allocate(SAMPLE_BYTES);
    while (sample.hasRemaining() && channel.read(sample, position + sample.position()) >= 0) {}
    digest.update(sample.flip());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
