package io.firesteel.loader.unpack;

import io.firesteel.loader.file.Progress;
import io.firesteel.loader.unpack.ModelFiles.Unpacked;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/** Takes the GGUF files out of packed files. */
final class Unpacker {
  // Long names and extended attributes come before an entry's contents and are kept in memory.
  private static final long ENTRY_HEADER_BYTES = 4 << 20;

  private final Path source;
  private final UnpackLimits limits;
  private final Progress progress;
  private final Budget budget;
  private final ModelFiles models;
  private final List<String> otherEntries = new ArrayList<>();

  private Unpacker(
      Path source, Budget budget, ModelFiles models, UnpackLimits limits, Progress progress) {
    this.source = source;
    this.limits = limits;
    this.progress = progress;
    this.budget = budget;
    this.models = models;
  }

  /**
   * Unpacks one model.
   *
   * @param sources a compressed or archived model, or the compressed parts of a split one
   * @param folder an empty folder, which is left in any state if this fails
   * @return the unpacked files, the first part of a split model first
   */
  static List<Unpacked> unpack(
      List<Path> sources, Path folder, UnpackLimits limits, Progress progress) throws IOException {
    Path first = sources.getFirst();
    ModelFiles models = new ModelFiles(first, folder, limits, progress);
    List<String> otherEntries = new ArrayList<>();
    for (Path source : sources) {
      Budget budget = new Budget(source, limits.unpacked(Files.size(source)));
      Unpacker unpacker = new Unpacker(source, budget, models, limits, progress);
      unpacker.run();
      otherEntries.addAll(unpacker.otherEntries);
    }
    return models.complete(otherEntries);
  }

  private void run() throws IOException {
    Format format = Decoders.formatOf(source);
    switch (format) {
      case GZIP, XZ, ZSTD, LZ4, BZIP2 -> readCompressed(format);
      case TAR -> readPlainTar();
      case ZIP -> readZip();
      default -> throw new UnpackException(source, "is a " + format.description());
    }
  }

  private Progress.Task begin(long bytes) {
    return progress.begin("unpack " + source.getFileName(), Progress.Unit.BYTES, bytes);
  }

  private void readCompressed(Format format) throws IOException {
    try (Progress.Task task = begin(Files.size(source));
        InputStream packed = new ProgressStream(Files.newInputStream(source), task);
        InputStream decoder = Decoders.open(packed, format, source, limits);
        GuardedStream guarded = new GuardedStream(decoder, source, budget)) {
      BufferedInputStream contents = new BufferedInputStream(guarded, 1 << 16);
      Format inner = Format.peek(contents);
      switch (inner) {
        case GGUF ->
            models.add(
                EntryName.withoutCompression(source.getFileName().toString()), contents, budget);
        case TAR -> readTar(contents, guarded);
        default ->
            throw new UnpackException(
                source,
                "is a %s that holds a %s, where a GGUF model or a tar archive was expected"
                    .formatted(format.description(), inner.description()));
      }
      guarded.drain();
    }
  }

  private void readPlainTar() throws IOException {
    try (Progress.Task task = begin(Files.size(source));
        InputStream packed = new ProgressStream(Files.newInputStream(source), task);
        GuardedStream guarded = new GuardedStream(packed, source, budget)) {
      readTar(new BufferedInputStream(guarded, 1 << 16), guarded);
    }
  }

  /**
   * Reads an archive's entries.
   *
   * @param contents the archive, buffered
   * @param guarded what {@code contents} reads from
   */
  private void readTar(InputStream contents, GuardedStream guarded) throws IOException {
    // A sparse entry is longer than what the archive stores of it.
    Budget entries = new Budget(source, limits.unpacked(Files.size(source)));
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new Unclosable(contents))) {
      while (true) {
        guarded.fence(ENTRY_HEADER_BYTES);
        TarArchiveEntry entry = GuardedStream.explain(source, tar::getNextEntry);
        guarded.fence(Long.MAX_VALUE);
        if (entry == null) {
          return;
        }
        requirePlain(entry);
        if (entry.isFile()) {
          GuardedStream data = new GuardedStream(new Unclosable(tar), source, entries);
          readEntry(entry.getName(), new BufferedInputStream(data, 1 << 16));
          data.drain();
        }
      }
    }
  }

  private void requirePlain(TarArchiveEntry entry) throws UnpackException {
    EntryName.requireInside(source, entry.getName());
    boolean link = entry.isSymbolicLink() || entry.isLink();
    boolean device = entry.isBlockDevice() || entry.isCharacterDevice() || entry.isFIFO();
    if (link || device) {
      throw notPlain(entry.getName(), link ? "a link" : "a device");
    }
  }

  private UnpackException notPlain(String name, String what) {
    return new UnpackException(
        source,
        "holds %s (%s), where only plain files are accepted: pack it again without"
            .formatted(what, EntryName.printable(name)));
  }

  private void readEntry(String name, BufferedInputStream data) throws IOException {
    if (Format.peek(data) == Format.GGUF) {
      models.add(name, data, budget);
    } else {
      otherEntries.add(name);
    }
  }

  private void readZip() throws IOException {
    try (ZipFile zip = GuardedStream.explain(source, this::openZip)) {
      List<ZipArchiveEntry> gguf = new ArrayList<>();
      long total = 0;
      for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
        if (isModel(zip, entry)) {
          gguf.add(entry);
          total += Math.max(0, entry.getSize());
        }
      }
      try (Progress.Task task = begin(total)) {
        for (ZipArchiveEntry entry : gguf) {
          readZipped(zip, entry, task);
        }
      }
    }
  }

  private ZipFile openZip() throws IOException {
    return ZipFile.builder().setPath(source).setIgnoreLocalFileHeader(true).get();
  }

  private boolean isModel(ZipFile zip, ZipArchiveEntry entry) throws IOException {
    EntryName.requireInside(source, entry.getName());
    if (entry.isUnixSymlink()) {
      throw notPlain(entry.getName(), "a link");
    }
    if (entry.isDirectory()) {
      return false;
    }
    if (!zip.canReadEntryData(entry)) {
      boolean secret = entry.getGeneralPurposeBit().usesEncryption();
      throw new UnpackException(
          source,
          "holds an entry (%s) that %s: unpack it by hand"
              .formatted(
                  EntryName.printable(entry.getName()),
                  secret ? "is encrypted" : "uses compression method " + entry.getMethod()));
    }
    try (BufferedInputStream data = open(zip, entry)) {
      boolean model = Format.peek(data) == Format.GGUF;
      if (!model) {
        otherEntries.add(entry.getName());
      }
      return model;
    }
  }

  private BufferedInputStream open(ZipFile zip, ZipArchiveEntry entry) throws IOException {
    try {
      InputStream decoder = GuardedStream.explain(source, () -> zip.getInputStream(entry));
      return new BufferedInputStream(new GuardedStream(decoder, source, budget), Format.HEAD_BYTES);
    } catch (LinkageError e) {
      throw UnpackException.noDecoder(source, Format.ZIP, e);
    }
  }

  private void readZipped(ZipFile zip, ZipArchiveEntry entry, Progress.Task task)
      throws IOException {
    CRC32 checksum = new CRC32();
    try (InputStream data = new ProgressStream(open(zip, entry), task)) {
      Unpacked file = models.add(entry.getName(), new CheckedInputStream(data, checksum), budget);
      if (checksum.getValue() != entry.getCrc() || file.size() != entry.getSize()) {
        throw new UnpackException(
            source,
            "is damaged: %s does not match the checksum and size that the archive states"
                .formatted(EntryName.printable(entry.getName())));
      }
    }
  }

  /** Keeps a stream open when its reader is closed. */
  private static final class Unclosable extends FilterInputStream {
    Unclosable(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return in.read(bytes, offset, length);
    }

    @Override
    public void close() {}
  }
}
