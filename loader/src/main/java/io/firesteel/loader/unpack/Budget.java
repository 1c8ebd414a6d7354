package io.firesteel.loader.unpack;

import io.firesteel.loader.file.ByteSize;
import java.nio.file.Path;

/** How many bytes a packed file may still unpack to; shared by the streams that come out of it. */
final class Budget {
  private final Path source;
  private final long total;
  private long spent;

  Budget(Path source, long total) {
    this.source = source;
    this.total = total;
  }

  /** Counts bytes that came out. */
  void spend(long bytes) throws UnpackException {
    requireLeft(bytes);
    spent += bytes;
  }

  /** Fails if fewer than {@code bytes} are left. */
  void requireLeft(long bytes) throws UnpackException {
    if (bytes > total - spent) {
      throw new UnpackException(
          source,
          "would unpack to more than %s, far more than a model of its size: refused as a decompression bomb; unpack it by hand if you trust it"
              .formatted(ByteSize.format(total)));
    }
  }
}
