package io.firesteel.loader.unpack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.file.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCacheTest {
  private static final byte[] MODEL = Packed.gguf(1, 50_000);

  @TempDir Path folder;

  private final Queue<String> work = new ConcurrentLinkedQueue<>();
  private final Progress progress =
      Progress.reportingTo(report -> work.add(report.label()), Duration.ofDays(1));

  @Test
  void returnsAPlainFileAsItIs() throws IOException {
    Path plain = file("any-name.bin", MODEL);
    assertSame(plain, cache().resolve(plain, progress));
    assertTrue(work.isEmpty());
    assertTrue(Files.notExists(cacheFolder()));
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "XZ", "ZSTD", "LZ4", "BZIP2"})
  void unpacksACompressedFileOnce(Format format) throws IOException {
    Path packed = file("tiny.gguf.xz", Packed.compress(format, MODEL));
    Path first = cache().resolve(packed, progress);
    assertEquals("tiny.gguf", first.getFileName().toString());
    assertArrayEquals(MODEL, Files.readAllBytes(first));
    assertTrue(work.contains("unpack tiny.gguf.xz"));
    work.clear();
    assertEquals(first, cache().resolve(packed, progress));
    assertTrue(work.isEmpty(), () -> "second time: " + work);
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "XZ", "ZSTD", "LZ4", "BZIP2"})
  void readsConcatenatedFrames(Format format) throws IOException {
    byte[] halves =
        Packed.concat(
            Packed.compress(format, Packed.slice(MODEL, 0, 100_000)),
            Packed.compress(format, Packed.slice(MODEL, 100_000, MODEL.length)));
    assertArrayEquals(MODEL, Files.readAllBytes(resolve(file("a", halves))));
  }

  @Test
  void readsFramesThatParallelPackersPutFirst() throws IOException {
    byte[] skippable = {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4};
    byte[] packed = Packed.concat(skippable, Packed.compress(Format.ZSTD, MODEL));
    assertArrayEquals(MODEL, Files.readAllBytes(resolve(file("a.zst", packed))));
  }

  @ParameterizedTest
  @ValueSource(ints = {ZipArchiveOutputStream.DEFLATED, ZipArchiveOutputStream.STORED})
  void findsTheModelInAZip(int method) throws IOException {
    Path packed = file("a.zip", Packed.zip(method, archived()));
    assertArrayEquals(MODEL, Files.readAllBytes(resolve(packed)));
  }

  @Test
  void findsTheModelInATar() throws IOException {
    Path found = resolve(file("a.tar", Packed.tar(archived())));
    assertEquals("tiny_model.gguf", found.getFileName().toString());
    assertArrayEquals(MODEL, Files.readAllBytes(found));
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "XZ", "ZSTD", "LZ4", "BZIP2"})
  void findsTheModelInACompressedTar(Format format) throws IOException {
    Path packed = file("a.tgz", Packed.compress(format, Packed.tar(archived())));
    assertArrayEquals(MODEL, Files.readAllBytes(resolve(packed)));
  }

  @Test
  void unpacksAllPartsOfASplitModel() throws IOException {
    Map<String, byte[]> parts = parts(3);
    parts.put("README", "read me".getBytes(UTF_8));
    Path first = resolve(file("a.tar.gz", Packed.compress(Format.GZIP, Packed.tar(parts))));
    assertEquals("m-00001-of-00003.gguf", first.getFileName().toString());
    for (int number = 1; number <= 3; number++) {
      assertArrayEquals(
          Packed.gguf(number, 100),
          Files.readAllBytes(first.resolveSibling("m-0000" + number + "-of-00003.gguf")));
    }
  }

  @Test
  void unpacksPartsThatAreCompressedOneByOne() throws IOException {
    for (Map.Entry<String, byte[]> part : parts(3).entrySet()) {
      String name = part.getKey().substring(part.getKey().indexOf('/') + 1);
      file(name + ".zst", Packed.compress(Format.ZSTD, part.getValue()));
    }
    Path first = resolve(folder.resolve("m-00002-of-00003.gguf.zst"));
    assertEquals("m-00001-of-00003.gguf", first.getFileName().toString());
    assertArrayEquals(
        Packed.gguf(3, 100), Files.readAllBytes(first.resolveSibling("m-00003-of-00003.gguf")));
    Files.delete(folder.resolve("m-00003-of-00003.gguf.zst"));
    assertRefused(
        folder.resolve("m-00001-of-00003.gguf.zst"), "m-00003-of-00003.gguf.zst is missing");
  }

  @Test
  void refusesASplitModelWithAPartMissing() throws IOException {
    Map<String, byte[]> parts = parts(3);
    parts.remove("dir2/m-00002-of-00003.gguf");
    assertRefused(
        file("a.tar", Packed.tar(parts)),
        "holds 2 of the 3 parts of a split model: m-00002-of-00003.gguf is missing");
  }

  @Test
  void refusesSeveralModels() throws IOException {
    byte[] tar = Packed.tar(Map.of("a.gguf", Packed.gguf(1, 10), "b.gguf", Packed.gguf(2, 10)));
    assertRefused(file("a.tar", tar), "holds several models");
    Map<String, byte[]> twice = parts(2);
    twice.put("other/m-00002-of-00002.gguf", Packed.gguf(2, 10));
    byte[] zip = Packed.zip(ZipArchiveOutputStream.DEFLATED, twice);
    assertRefused(file("a.zip", zip), "holds several models");
  }

  @Test
  void refusesAnArchiveWithoutAModelAndSaysWhatItHolds() throws IOException {
    byte[] text = "not GGUF".getBytes(UTF_8);
    assertRefused(
        file("a.tar", Packed.tar(Map.of("model.gguf", text))),
        "holds no GGUF file (it holds model.gguf)");
    assertRefused(
        file("a.zip", Packed.zip(ZipArchiveOutputStream.DEFLATED, Map.of("x/y.txt", text))),
        "holds no GGUF file (it holds x/y.txt)");
  }

  @Test
  void unpacksAgainWhenTheSourceChangedAndRemovesTheOldCopy() throws IOException {
    Path packed = file("a.gguf.gz", Packed.compress(Format.GZIP, MODEL));
    FileTime time = Files.getLastModifiedTime(packed);
    Path old = resolve(packed);
    byte[] other = Packed.gguf(2, 50_000);
    file("a.gguf.gz", Packed.compress(Format.GZIP, other));
    Files.setLastModifiedTime(packed, time);
    Path found = resolve(packed);
    assertNotEquals(old, found);
    assertArrayEquals(other, Files.readAllBytes(found));
    assertTrue(Files.notExists(old));
  }

  @Test
  void unpacksAgainWhenTheCacheWasTamperedWith() throws IOException {
    Path packed = file("a.gguf.gz", Packed.compress(Format.GZIP, MODEL));
    for (String harm : List.of("shorter", "gone", "touched", "manifest")) {
      Path found = resolve(packed);
      switch (harm) {
        case "shorter" -> Files.write(found, Packed.slice(MODEL, 0, 1000));
        case "gone" -> Files.delete(found);
        case "touched" -> Files.setLastModifiedTime(found, FileTime.fromMillis(1));
        default -> Files.writeString(found.resolveSibling("manifest"), "nonsense");
      }
      assertArrayEquals(MODEL, Files.readAllBytes(resolve(packed)), harm);
    }
  }

  @Test
  void keepsModelsOfTheSameNameApart() throws IOException {
    Files.createDirectory(folder.resolve("x"));
    byte[] other = Packed.gguf(2, 10);
    Path one = file("a.gguf.gz", Packed.compress(Format.GZIP, MODEL));
    Path two = file("x/a.gguf.gz", Packed.compress(Format.GZIP, other));
    assertArrayEquals(MODEL, Files.readAllBytes(resolve(one)));
    assertArrayEquals(other, Files.readAllBytes(resolve(two)));
    assertArrayEquals(MODEL, Files.readAllBytes(resolve(one)));
  }

  @Test
  void threadsShareOneUnpacking() throws Exception {
    Path packed = file("a.gguf.xz", Packed.compress(Format.XZ, MODEL));
    List<Thread> threads = new ArrayList<>();
    Queue<Object> found = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.startVirtualThread(
              () -> {
                try {
                  found.add(cache().resolve(packed, progress));
                } catch (IOException e) {
                  found.add(e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(1, found.stream().distinct().count(), () -> "all the same path: " + found);
    // A task reports its beginning and its end.
    assertEquals(2, work.stream().filter("unpack a.gguf.xz"::equals).count());
  }

  @ParameterizedTest
  @CsvSource({
    "'', is a file without contents",
    "'<!DOCTYPE html><html>', is a web page",
    "'version https://git-lfs.github.com/spec/v1', is a Git LFS pointer",
    "'Rar!\u001a\u0007', is a rar archive",
    "something else, is a file of an unknown kind"
  })
  void saysWhatAFileIsThatHoldsNoModel(String contents, String message) throws IOException {
    assertRefused(file("model.gguf", contents.getBytes(UTF_8)), message);
  }

  @Test
  void saysWhatACompressedFileHoldsInstead() throws IOException {
    byte[] twice = Packed.compress(Format.XZ, Packed.compress(Format.GZIP, MODEL));
    assertRefused(file("a.gguf.gz.xz", twice), "is a xz file that holds a gzip file");
  }

  @Test
  void namesAMissingFile() {
    NoSuchFileException failure =
        assertThrows(
            NoSuchFileException.class,
            () -> cache().resolve(folder.resolve("absent.gguf"), progress));
    assertTrue(failure.getMessage().contains("there is no such file"), failure.getMessage());
  }

  @Test
  void refusesAFolder() {
    UnpackException failure =
        assertThrows(UnpackException.class, () -> cache().resolve(folder, progress));
    assertTrue(failure.getMessage().contains("is not a file"), failure.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "/big/cache, /big/cache/firesteel",
    "relative, /home/me/.cache/firesteel",
    "'', /home/me/.cache/firesteel"
  })
  void followsTheXdgSpecification(String variable, Path expected) {
    assertEquals(
        expected,
        ModelCache.defaultFolder(Map.of("XDG_CACHE_HOME", variable), Path.of("/home/me")));
    assertEquals(
        Path.of("/home/me/.cache/firesteel"),
        ModelCache.defaultFolder(Map.of(), Path.of("/home/me")));
  }

  /** A model among what archives hold besides. */
  private static Map<String, byte[]> archived() {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("README.md", "read me".getBytes(UTF_8));
    entries.put("__MACOSX/._tiny model.gguf", new byte[300]);
    entries.put("some dir/tiny model.gguf", MODEL);
    entries.put("LICENSE", new byte[100_000]);
    return entries;
  }

  private static Map<String, byte[]> parts(int count) {
    Map<String, byte[]> parts = new LinkedHashMap<>();
    for (int number = count; number >= 1; number--) {
      String name = "dir%d/m-%05d-of-%05d.gguf".formatted(number, number, count);
      parts.put(name, Packed.gguf(number, 100));
    }
    return parts;
  }

  private void assertRefused(Path packed, String message) throws IOException {
    UnpackException failure = assertThrows(UnpackException.class, () -> resolve(packed));
    assertTrue(failure.getMessage().startsWith(packed.toString()), failure.getMessage());
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
    assertNothingLeft(cacheFolder());
  }

  /** Fails if the cache holds anything but locks and complete models. */
  static void assertNothingLeft(Path cache) throws IOException {
    if (Files.notExists(cache)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(cache)) {
      assertEquals(
          List.of(),
          paths
              .filter(Files::isRegularFile)
              .filter(path -> !path.endsWith("lock"))
              .filter(path -> Files.notExists(path.resolveSibling("manifest")))
              .toList());
    }
  }

  private Path resolve(Path packed) throws IOException {
    return cache().resolve(packed, progress);
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
