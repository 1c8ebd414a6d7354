package io.firesteel.loader.unpack;

import io.firesteel.loader.file.Progress;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts the bytes that are read through it as progress. */
final class ProgressStream extends FilterInputStream {
  private final Progress.Task task;

  ProgressStream(InputStream in, Progress.Task task) {
    super(in);
    this.task = task;
  }

  @Override
  public int read() throws IOException {
    int value = in.read();
    if (value >= 0) {
      task.advance(1);
    }
    return value;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count = in.read(bytes, offset, length);
    if (count > 0) {
      task.advance(count);
    }
    return count;
  }

  @Override
  public long skip(long bytes) throws IOException {
    long count = in.skip(bytes);
    task.advance(count);
    return count;
  }
}
