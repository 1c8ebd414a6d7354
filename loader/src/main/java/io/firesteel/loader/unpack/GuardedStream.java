package io.firesteel.loader.unpack;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;

/**
 * A decoder's output, distrusted: its bytes are counted against a budget, and whatever a decoder
 * throws at bad input is one kind of error.
 */
final class GuardedStream extends FilterInputStream {
  private final Path source;
  private final Budget budget;
  private long fence = Long.MAX_VALUE;

  GuardedStream(InputStream decoder, Path source, Budget budget) {
    super(decoder);
    this.source = source;
    this.budget = budget;
  }

  /** Work on packed input that may fail in any way. */
  @FunctionalInterface
  interface Decoding<T> {
    T run() throws IOException;
  }

  /** Runs a decoder and explains what it throws. */
  static <T> T explain(Path source, Decoding<T> decoding) throws IOException {
    try {
      return decoding.run();
    } catch (UnpackException | ClosedByInterruptException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw UnpackException.damaged(source, e);
    }
  }

  /** Lets at most {@code bytes} more through until the next call. */
  void fence(long bytes) {
    fence = bytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = explain(source, () -> in.read(bytes, offset, length));
    if (count > 0) {
      budget.spend(count);
      fence -= count;
      if (fence < 0) {
        throw new UnpackException(
            source, "has an entry whose header is too large to be true: it is damaged or hostile");
      }
    }
    return count;
  }

  @Override
  public long skip(long bytes) throws IOException {
    byte[] skipped = new byte[Math.clamp(bytes, 0, 1 << 16)];
    return Math.max(0, read(skipped, 0, skipped.length));
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  /** Reads to the end, which is where a format's checksum is compared. */
  void drain() throws IOException {
    byte[] rest = new byte[1 << 16];
    while (read(rest, 0, rest.length) >= 0) {}
  }
}
