package io.firesteel.loader.unpack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.file.DiskFullException;
import io.firesteel.loader.file.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileArchiveTest {
  private static final byte[] MODEL = Packed.gguf(1, 5_000);
  private static final int MEGABYTE = 1 << 20;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil.gguf",
        "a/../../evil.gguf",
        "/tmp/evil.gguf",
        "..\\evil.gguf",
        "\\evil.gguf",
        "C:\\evil.gguf",
        "a/.."
      })
  void refusesNamesThatLeadOutside(String name) throws IOException {
    String message = "points outside of the archive";
    assertRefused(
        "a.zip", Packed.zip(ZipArchiveOutputStream.DEFLATED, Map.of(name, MODEL)), message);
    assertRefused("a.tar", Packed.tar(Map.of(name, MODEL)), message);
    assertTrue(Files.notExists(folder.resolveSibling("evil.gguf")));
  }

  @ParameterizedTest
  @ValueSource(
      bytes = {
        TarConstants.LF_SYMLINK,
        TarConstants.LF_LINK,
        TarConstants.LF_CHR,
        TarConstants.LF_BLK,
        TarConstants.LF_FIFO
      })
  void refusesWhatIsNoPlainFileInATar(byte kind) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry("model.gguf", kind);
    entry.setLinkName("/etc/passwd");
    assertRefused("a.tar", Packed.tarEntry(entry), "only plain files are accepted");
  }

  @Test
  void refusesALinkInAZip() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(out)) {
      ZipArchiveEntry link = new ZipArchiveEntry("model.gguf");
      link.setUnixMode(0120777);
      zip.putArchiveEntry(link);
      zip.write("/etc/passwd".getBytes(UTF_8));
      zip.closeArchiveEntry();
    }
    assertRefused("a.zip", out.toByteArray(), "only plain files are accepted");
  }

  @Test
  void refusesAnEncryptedZip() throws IOException {
    byte[] zip = Packed.zip(ZipArchiveOutputStream.DEFLATED, Map.of("model.gguf", MODEL));
    int directory = indexOf(zip, new byte[] {'P', 'K', 1, 2});
    zip[directory + 8] |= 1;
    assertRefused("a.zip", zip, "is encrypted");
  }

  @Test
  void refusesAZipWhoseChecksumDoesNotMatch() throws IOException {
    byte[] zip = Packed.zip(ZipArchiveOutputStream.STORED, Map.of("model.gguf", MODEL));
    zip[zip.length / 2] ^= 1;
    assertRefused("a.zip", zip, "does not match the checksum");
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "XZ", "ZSTD", "LZ4", "BZIP2"})
  void refusesAFileThatWasCutShortAnywhere(Format format) throws IOException {
    byte[] packed = Packed.compress(format, MODEL);
    byte[] tar = Packed.compress(format, Packed.tar(Map.of("model.gguf", MODEL)));
    for (int missing : new int[] {1, 2, 5, 9, 100, 1000, packed.length / 2, packed.length - 10}) {
      assertRefused("a.gz", Packed.slice(packed, 0, packed.length - missing), "");
      assertRefused("b.gz", Packed.slice(tar, 0, tar.length - missing), "");
    }
  }

  @Test
  void refusesAnArchiveThatWasCutShort() throws IOException {
    byte[] tar = Packed.tar(Map.of("model.gguf", MODEL));
    byte[] zip = Packed.zip(ZipArchiveOutputStream.DEFLATED, Map.of("model.gguf", MODEL));
    for (int length : new int[] {513, 600, 2000, 15_000}) {
      assertRefused("a.tar", Packed.slice(tar, 0, length), "");
      assertRefused("a.zip", Packed.slice(zip, 0, length), "");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "XZ", "ZSTD", "BZIP2"})
  void refusesAFlippedBit(Format format) throws IOException {
    byte[] packed = Packed.compress(format, MODEL);
    for (int position = 30; position < packed.length - 30; position += packed.length / 50) {
      byte[] damaged = packed.clone();
      damaged[position] ^= 4;
      assertRefused("a.gz", damaged, "");
    }
  }

  @Test
  void refusesAModelThatWasCutShortBeforeItWasPacked() throws IOException {
    byte[] half = Packed.compress(Format.GZIP, Packed.slice(MODEL, 0, 10_000));
    assertRefused("a.gz", half, "holds only 10000 of the ");
    byte[] header = Packed.compress(Format.GZIP, Packed.slice(MODEL, 0, 60));
    assertRefused("a.gz", header, "ends in its header");
  }

  @Test
  void refusesMoreThanTheHeaderDeclares() throws IOException {
    byte[] bomb = Packed.concat(MODEL, new byte[8 * MEGABYTE]);
    assertRefused("a.gz", Packed.compress(Format.GZIP, bomb), "header of a declares");
  }

  @Test
  void keepsAFewBytesBehindTheLastTensor() throws IOException {
    byte[] longer = Packed.concat(MODEL, new byte[1000]);
    Path packed = file("a.gz", Packed.compress(Format.GZIP, longer));
    assertArrayEquals(longer, Files.readAllBytes(cache().resolve(packed, Progress.NONE)));
  }

  @Test
  void refusesASizeBeyondTheRatio() throws IOException {
    byte[] zeros = Packed.concat(Packed.ggufHeader(0, 25 * MEGABYTE), new byte[100 * MEGABYTE]);
    assertRefused("a.zst", Packed.compress(Format.ZSTD, zeros), "decompression bomb");
  }

  @Test
  void refusesABombBesideTheModel() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = Packed.packer(Format.GZIP, out)) {
      gzip.write(Packed.tar(Map.of("README", new byte[80 * MEGABYTE])));
    }
    assertRefused("a.tar.gz", out.toByteArray(), "decompression bomb");
  }

  @Test
  void refusesAnEntryNameWithoutEnd() throws IOException {
    TarArchiveEntry name = new TarArchiveEntry("././@LongLink", TarConstants.LF_GNUTYPE_LONGNAME);
    name.setSize(50 * MEGABYTE);
    byte[] header = Packed.slice(tarHeader(name), 0, 512);
    byte[] archive = Packed.concat(header, new byte[50 * MEGABYTE]);
    assertRefused("a.tar.gz", Packed.compress(Format.GZIP, archive), "header is too large");
  }

  @Test
  void refusesADeclaredSizeThatNoDiskHas() throws IOException {
    byte[] header = Packed.ggufHeader(24, 1L << 55);
    byte[] packed = Packed.compress(Format.GZIP, Packed.concat(header, new byte[4096]));
    assertRefused("a.gz", packed, "decompression bomb");
    Path file = file("a.gz", packed);
    ModelCache lenient =
        new ModelCache(cacheFolder(), new UnpackLimits(Long.MAX_VALUE, 0, 1 << 20, 64 << 20));
    assertThrows(DiskFullException.class, () -> lenient.resolve(file, Progress.NONE));
    ModelCacheTest.assertNothingLeft(cacheFolder());
  }

  @ParameterizedTest
  @ValueSource(longs = {1L << 61, 1L << 63, -1})
  void refusesImpossibleTensorSizes(long elements) throws IOException {
    byte[] header = Packed.concat(Packed.ggufHeader(0, elements), new byte[4096]);
    assertRefused("a.gz", Packed.compress(Format.GZIP, header), "GGUF file that cannot be used");
  }

  @Test
  void refusesAnUnsupportedTensorType() throws IOException {
    byte[] header = Packed.concat(Packed.ggufHeader(999, 10), new byte[4096]);
    assertRefused("a.gz", Packed.compress(Format.GZIP, header), "of type 999 (weight)");
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "XZ", "ZSTD", "LZ4", "BZIP2", "ZIP", "TAR"})
  void neverFailsInAnyOtherWay(Format format) throws IOException {
    Map<String, byte[]> entries = Map.of("model.gguf", Packed.gguf(1, 300));
    byte[] packed =
        switch (format) {
          case ZIP -> Packed.zip(ZipArchiveOutputStream.DEFLATED, entries);
          case TAR -> Packed.tar(entries);
          default -> Packed.compress(format, Packed.tar(entries));
        };
    Random random = new Random(7);
    for (int round = 0; round < 150; round++) {
      byte[] mutated = packed.clone();
      for (int i = random.nextInt(1, 8); i > 0; i--) {
        int position = random.nextInt(random.nextBoolean() ? 600 : mutated.length);
        mutated[Math.min(position, mutated.length - 1)] = (byte) random.nextInt();
      }
      Path file = file("a", mutated);
      try {
        cache().resolve(file, Progress.NONE);
      } catch (IOException e) {
        assertTrue(e instanceof UnpackException || e instanceof DiskFullException, e::toString);
      }
      ModelCacheTest.assertNothingLeft(cacheFolder());
    }
  }

  private static byte[] tarHeader(TarArchiveEntry entry) {
    byte[] header = new byte[512];
    entry.writeEntryHeader(header);
    return header;
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int i = 0; ; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
  }

  private void assertRefused(String name, byte[] contents, String message) throws IOException {
    Path packed = file(name, contents);
    UnpackException failure =
        assertThrows(UnpackException.class, () -> cache().resolve(packed, Progress.NONE));
    assertTrue(failure.getMessage().startsWith(packed.toString()), failure.getMessage());
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
    ModelCacheTest.assertNothingLeft(cacheFolder());
  }

  private ModelCache cache() {
    return new ModelCache(cacheFolder());
  }

  private Path cacheFolder() {
    return folder.resolve("cache");
  }

  private Path file(String name, byte[] contents) throws IOException {
    return Files.write(folder.resolve(name), contents);
  }
}
