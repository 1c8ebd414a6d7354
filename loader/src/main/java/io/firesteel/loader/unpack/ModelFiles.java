package io.firesteel.loader.unpack;

import io.firesteel.loader.file.DiskFullException;
import io.firesteel.loader.file.Progress;
import io.firesteel.loader.unpack.EntryName.Part;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * The GGUF files that come out of a packed one: a single file, or all parts of one split model.
 * Each is written, forced to the disk, read back and compared.
 */
final class ModelFiles {
  // Writers differ in what they put behind the last tensor.
  private static final long TRAILING_BYTES = 1 << 20;
  private static final int BUFFER_BYTES = 1 << 20;

  private final Path source;
  private final Path folder;
  private final UnpackLimits limits;
  private final Progress progress;
  private final List<Unpacked> files = new ArrayList<>();

  /**
   * @param source the packed file, for messages
   * @param folder where to write
   */
  ModelFiles(Path source, Path folder, UnpackLimits limits, Progress progress) {
    this.source = source;
    this.folder = folder;
    this.limits = limits;
    this.progress = progress;
  }

  /**
   * A file that was unpacked.
   *
   * @param name its name in the folder
   * @param size its bytes
   * @param checksum CRC-32C of its bytes
   */
  record Unpacked(String name, long size, long checksum) {}

  /** Fails unless a file of this name can stand beside those that were added before. */
  void requireRoomFor(String name) throws UnpackException {
    String fileName = EntryName.fileName(name);
    Part part = EntryName.part(fileName);
    for (Unpacked file : files) {
      Part other = EntryName.part(file.name());
      boolean sameModel =
          part != null && other != null && part.equals(other.withNumber(part.number()));
      if (!sameModel || file.name().equals(fileName)) {
        throw new UnpackException(
            source,
            "holds several models (%s and %s): unpack the one you want and name that"
                .formatted(EntryName.printable(name), file.name()));
      }
    }
  }

  /**
   * Writes a GGUF file.
   *
   * @param name its name in the archive
   * @param contents a stream that is read to its end
   * @param budget what that stream may still grow to
   */
  Unpacked add(String name, InputStream contents, Budget budget) throws IOException {
    requireRoomFor(name);
    String fileName = EntryName.fileName(name);
    Path file = folder.resolve(fileName);
    CRC32C written = new CRC32C();
    long size;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Tee tee = new Tee(contents, channel, file, written);
      size = copy(name, file, tee, budget);
      try {
        channel.force(true);
      } catch (IOException e) {
        throw DiskFullException.explain(e, file);
      }
    }
    verify(file, size, written.getValue());
    Unpacked unpacked = new Unpacked(fileName, size, written.getValue());
    files.add(unpacked);
    return unpacked;
  }

  /** The files, the first part first; fails if there are none or a part is missing. */
  List<Unpacked> complete(List<String> otherEntries) throws UnpackException {
    if (files.isEmpty()) {
      throw new UnpackException(source, "holds no GGUF file" + listing(otherEntries));
    }
    Part part = EntryName.part(files.getFirst().name());
    if (part == null) {
      return List.copyOf(files);
    }
    List<String> missing =
        IntStream.rangeClosed(1, part.count())
            .mapToObj(number -> part.withNumber(number).fileName())
            .filter(name -> files.stream().noneMatch(file -> file.name().equals(name)))
            .toList();
    if (!missing.isEmpty()) {
      throw new UnpackException(
          source,
          "holds %d of the %d parts of a split model: %s is missing"
              .formatted(files.size(), part.count(), missing.getFirst()));
    }
    return files.stream().sorted((a, b) -> a.name().compareTo(b.name())).toList();
  }

  private static String listing(List<String> entries) {
    if (entries.isEmpty()) {
      return "";
    }
    String some =
        entries.stream().limit(5).map(EntryName::printable).collect(Collectors.joining(", "));
    return " (it holds " + some + (entries.size() > 5 ? ", …" : "") + ")";
  }

  private long copy(String name, Path file, Tee tee, Budget budget) throws IOException {
    GgufExtent extent =
        GgufExtent.read(new BufferedInputStream(tee, 1 << 16), source, limits.headerBytes());
    budget.requireLeft(extent.end() - Math.min(tee.count, extent.end()));
    DiskFullException.requireSpace(file, extent.end() - tee.count);
    byte[] buffer = new byte[BUFFER_BYTES];
    while (tee.read(buffer, 0, buffer.length) >= 0) {
      if (tee.count - TRAILING_BYTES > extent.paddedEnd()) {
        throw new UnpackException(
            source,
            "holds more than the %d bytes that the header of %s declares: refused as damaged or a decompression bomb"
                .formatted(extent.paddedEnd(), EntryName.printable(name)));
      }
    }
    if (tee.count < extent.end()) {
      throw new UnpackException(
          source,
          "holds only %d of the %d bytes that the header of %s declares: the model was cut short before it was packed"
              .formatted(tee.count, extent.end(), EntryName.printable(name)));
    }
    return tee.count;
  }

  private void verify(Path file, long size, long expected) throws IOException {
    CRC32C found = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Progress.Task task =
            progress.begin("verify " + file.getFileName(), Progress.Unit.BYTES, size)) {
      while (channel.read(buffer.clear()) >= 0) {
        task.advance(buffer.flip().remaining());
        found.update(buffer);
      }
    }
    if (found.getValue() != expected) {
      throw new IOException(
          file + " does not read back as it was written: its disk or the memory is at fault");
    }
  }

  /** Writes everything that is read through it. */
  private static final class Tee extends InputStream {
    private final InputStream in;
    private final FileChannel channel;
    private final Path file;
    private final CRC32C checksum;
    private long count;

    Tee(InputStream in, FileChannel channel, Path file, CRC32C checksum) {
      this.in = in;
      this.channel = channel;
      this.file = file;
      this.checksum = checksum;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = in.read(bytes, offset, length);
      if (read > 0) {
        checksum.update(bytes, offset, read);
        write(ByteBuffer.wrap(bytes, offset, read));
        count += read;
      }
      return read;
    }

    private void write(ByteBuffer buffer) throws IOException {
      try {
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      } catch (IOException e) {
        throw DiskFullException.explain(e, file);
      }
    }
  }
}
