package io.firesteel.loader;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Bytes that can be read at any position: a file or memory. */
interface ByteSource {
  /** Number of bytes. */
  long size();

  /**
   * Reads some bytes.
   *
   * @return how many, at least 1, or -1 at the end
   */
  int read(long position, ByteBuffer target) throws IOException;

  /** A file, read by calls and not through a map: if it shrinks, a read ends early. */
  static ByteSource of(FileChannel channel) throws IOException {
    long size = channel.size();
    return new ByteSource() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public int read(long position, ByteBuffer target) throws IOException {
        return channel.read(target, position);
      }
    };
  }

  /** Memory. */
  static ByteSource of(MemorySegment memory) {
    return new ByteSource() {
      @Override
      public long size() {
        return memory.byteSize();
      }

      @Override
      public int read(long position, ByteBuffer target) {
        long left = memory.byteSize() - position;
        if (left <= 0) {
          return -1;
        }
        int count = (int) Math.min(left, target.remaining());
        MemorySegment.ofBuffer(target).copyFrom(memory.asSlice(position, count));
        target.position(target.position() + count);
        return count;
      }
    };
  }
}
