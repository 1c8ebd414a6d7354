package io.firesteel.loader.unpack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.file.ChildJvm;
import io.firesteel.loader.file.DiskFullException;
import io.firesteel.loader.file.Progress;
import io.firesteel.loader.file.SmallDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InterruptedUnpackingTest {
  private static final byte[] MODEL = Packed.gguf(1, 1_000_000);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"unpack", "verify"})
  void killedUnpackingIsRedone(String stage) throws Exception {
    Path packed = packedModel();
    Path cache = folder.resolve("cache");
    try (ChildJvm child = ChildJvm.start(StuckUnpacker.class, packed, cache, stage)) {
      assertEquals("stuck in " + stage, child.readLine());
      assertTrue(child.isAlive());
      child.kill();
    }
    assertFalse(ggufFiles(cache).isEmpty(), "a half file lies there");
    Path found = new ModelCache(cache).resolve(packed, Progress.NONE);
    assertArrayEquals(MODEL, Files.readAllBytes(found));
    assertEquals(List.of(found), ggufFiles(cache));
    ModelCacheTest.assertNothingLeft(cache);
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 60, 120, 200})
  void killedAtAnyMomentItLeavesNothingThatIsUsed(int milliseconds) throws Exception {
    Path packed = packedModel();
    Path cache = folder.resolve("cache");
    try (ChildJvm child = ChildJvm.start(EndlessUnpacker.class, packed, cache)) {
      assertEquals("unpacking", child.readLine());
      Thread.sleep(milliseconds);
      assertTrue(child.isAlive());
      child.kill();
    }
    Path found = new ModelCache(cache).resolve(packed, Progress.NONE);
    assertArrayEquals(MODEL, Files.readAllBytes(found));
    assertEquals(List.of(found), ggufFiles(cache));
  }

  @Test
  void theSecondProcessWaitsAndUsesTheResult() throws Exception {
    Path packed = packedModel();
    Path cache = folder.resolve("cache");
    Queue<String> work = new ConcurrentLinkedQueue<>();
    Progress progress =
        Progress.reportingTo(report -> work.add(report.label()), Duration.ofDays(1));
    try (ChildJvm child = ChildJvm.start(SlowUnpacker.class, packed, cache)) {
      assertEquals("slowly", child.readLine());
      Path found = new ModelCache(cache).resolve(packed, progress);
      assertArrayEquals(MODEL, Files.readAllBytes(found));
      assertEquals("found " + found, child.readLine());
      assertEquals(0, child.waitFor());
    }
    assertTrue(work.peek().startsWith("wait for another process"), work::toString);
    assertTrue(work.stream().noneMatch(label -> label.startsWith("unpack")), work::toString);
  }

  @Test
  void refusesBeforeWritingWhatDoesNotFit() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(2)) {
      Path packed = packedModel();
      ModelCache cache = new ModelCache(disk.folder());
      DiskFullException failure =
          assertThrows(DiskFullException.class, () -> cache.resolve(packed, Progress.NONE));
      assertTrue(failure.getMessage().contains("needs 3.93 MB"), failure.getMessage());
      ModelCacheTest.assertNothingLeft(disk.folder());
    }
  }

  @Test
  void saysThatTheDiskRanFullAndLeavesNothing() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(5)) {
      Path packed = packedModel();
      ModelCache cache = new ModelCache(disk.folder());
      Path filler = disk.folder().resolve("filler");
      DiskFullException failure =
          assertThrows(
              DiskFullException.class,
              () -> cache.resolve(packed, halfway(() -> Files.write(filler, new byte[3 << 20]))));
      assertTrue(failure.getMessage().contains("ran full"), failure.getMessage());
      Files.delete(filler);
      ModelCacheTest.assertNothingLeft(disk.folder());
      assertArrayEquals(MODEL, Files.readAllBytes(cache.resolve(packed, Progress.NONE)));
    }
  }

  @Test
  void refusesASourceThatChangesWhileItIsUnpacked() throws Exception {
    Path packed = packedModel();
    Path cache = folder.resolve("cache");
    UnpackException failure =
        assertThrows(
            UnpackException.class,
            () ->
                new ModelCache(cache)
                    .resolve(
                        packed,
                        halfway(() -> Files.setLastModifiedTime(packed, FileTime.fromMillis(5)))));
    assertTrue(failure.getMessage().contains("changed while"), failure.getMessage());
    ModelCacheTest.assertNothingLeft(cache);
  }

  private Path packedModel() throws IOException {
    return Files.write(folder.resolve("m.gguf.zst"), Packed.compress(Format.ZSTD, MODEL));
  }

  private static List<Path> ggufFiles(Path cache) throws IOException {
    try (Stream<Path> paths = Files.walk(cache)) {
      return paths.filter(path -> path.toString().endsWith(".gguf")).toList();
    }
  }

  /** Something done in the middle of unpacking. */
  @FunctionalInterface
  interface Deed {
    void run() throws Exception;
  }

  /** Progress that does something once, when half of the bytes were read. */
  static Progress halfway(Deed deed) {
    return (label, unit, total) ->
        new Progress.Task() {
          private long done;
          private boolean did = !label.startsWith("unpack");

          @Override
          public void advance(long units) {
            done += units;
            if (!did && done * 2 > total) {
              did = true;
              try {
                deed.run();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            }
          }

          @Override
          public void close() {}
        };
  }

  /** Unpacks half and then does nothing more, or does so when it verifies. */
  static final class StuckUnpacker {
    public static void main(String[] arguments) throws IOException {
      String stage = arguments[2];
      Progress stuck =
          (label, unit, total) -> {
            if (label.startsWith(stage) && stage.equals("verify")) {
              sleepForever(stage);
            }
            return halfway(() -> sleepForever(stage)).begin(label, unit, total);
          };
      new ModelCache(Path.of(arguments[1])).resolve(Path.of(arguments[0]), stuck);
    }

    private static void sleepForever(String stage) {
      System.out.println("stuck in " + stage);
      while (true) {
        LockSupport.park();
      }
    }
  }

  /** Unpacks again and again. */
  static final class EndlessUnpacker {
    public static void main(String[] arguments) throws IOException {
      ModelCache cache = new ModelCache(Path.of(arguments[1]));
      System.out.println("unpacking");
      while (true) {
        Files.delete(cache.resolve(Path.of(arguments[0]), Progress.NONE));
      }
    }
  }

  /** Waits half a second in the middle of unpacking. */
  static final class SlowUnpacker {
    public static void main(String[] arguments) throws IOException {
      Progress slow =
          halfway(
              () -> {
                System.out.println("slowly");
                Thread.sleep(500);
              });
      ModelCache cache = new ModelCache(Path.of(arguments[1]));
      System.out.println("found " + cache.resolve(Path.of(arguments[0]), slow));
    }
  }
}
