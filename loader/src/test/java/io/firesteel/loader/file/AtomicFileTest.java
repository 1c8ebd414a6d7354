package io.firesteel.loader.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AtomicFileTest {
  private static final int MEGABYTE = 1_000_000;

  @TempDir Path folder;

  @Test
  void writesANewFileAndLeavesNothingElse() throws IOException {
    Path target = folder.resolve("session");
    AtomicFile.write(target, 5, channel -> channel.write(bytes("hello")));
    assertEquals("hello", Files.readString(target));
    assertEquals(List.of("session"), names(folder));
  }

  @Test
  void replacesAnOldFileOnlyAtCommit() throws IOException {
    Path target = Files.writeString(folder.resolve("session"), "old");
    try (AtomicFile file = AtomicFile.replacing(target, 0)) {
      file.channel().write(bytes("new"));
      assertEquals("old", Files.readString(target));
      file.commit();
      assertEquals("new", Files.readString(target));
    }
    assertEquals("new", Files.readString(target));
  }

  @Test
  void keepsTheOldFileWhenWritingFails() throws IOException {
    Path target = Files.writeString(folder.resolve("session"), "old");
    IOException failure =
        assertThrows(
            IOException.class,
            () ->
                AtomicFile.write(
                    target,
                    0,
                    channel -> {
                      channel.write(bytes("half"));
                      throw new IOException("the source ended early");
                    }));
    assertEquals("the source ended early", failure.getMessage());
    assertEquals("old", Files.readString(target));
    assertEquals(List.of("session"), names(folder));
  }

  @Test
  void followsASymbolicLinkInsteadOfReplacingIt() throws IOException {
    Path target = Files.writeString(folder.resolve("real"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);
    AtomicFile.write(link, 0, channel -> channel.write(bytes("new")));
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("new", Files.readString(target));
  }

  @Test
  void namesTheMissingFolder() {
    Path target = folder.resolve("absent").resolve("session");
    FileSystemException failure =
        assertThrows(FileSystemException.class, () -> AtomicFile.replacing(target, 0));
    assertTrue(failure.getMessage().contains("absent does not exist"), failure.getMessage());
  }

  @Test
  void refusesAFolderAsTarget() {
    assertThrows(FileAlreadyExistsException.class, () -> AtomicFile.replacing(folder, 0));
  }

  @Test
  void refusesASizeThatCannotFitBeforeWriting() throws IOException {
    Path target = Files.writeString(folder.resolve("model"), "old");
    DiskFullException failure =
        assertThrows(
            DiskFullException.class,
            () -> AtomicFile.write(target, Long.MAX_VALUE, _ -> assertFalse(true, "not reached")));
    assertTrue(failure.getMessage().startsWith(target + " needs 9.22 EB"), failure.getMessage());
    assertEquals("old", Files.readString(target));
  }

  @Test
  void saysThatTheDiskRanFullAndKeepsTheOldFile() throws IOException {
    try (SmallDisk disk = SmallDisk.mount(1)) {
      Path target = Files.writeString(disk.folder().resolve("model"), "old");
      DiskFullException failure =
          assertThrows(
              DiskFullException.class,
              () ->
                  AtomicFile.write(
                      target,
                      0,
                      channel -> {
                        for (int i = 0; i < 4; i++) {
                          channel.write(ByteBuffer.allocate(MEGABYTE));
                        }
                      }));
      assertTrue(failure.getMessage().contains("ran full while " + target), failure.getMessage());
      assertTrue(failure.getMessage().contains("free some space"), failure.getMessage());
      assertEquals("old", Files.readString(target));
      assertEquals(List.of("model"), names(disk.folder()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 20, 60})
  void killedWriterLeavesTheOldOrTheNewFile(int milliseconds) throws Exception {
    Path target = folder.resolve("session");
    try (ChildJvm child = ChildJvm.start(EndlessWriter.class, target)) {
      assertEquals("writing", child.readLine());
      Thread.sleep(milliseconds);
      assertTrue(child.isAlive());
      child.kill();
    }
    byte[] found = Files.readAllBytes(target);
    assertArrayEquals(EndlessWriter.contents(found[0]), found);
  }

  @Test
  void removesWhatAKilledWriterLeftButNotWhatALivingOneWrites() throws Exception {
    Path target = folder.resolve("session");
    Path other = Files.writeString(folder.resolve(".session.notes.part"), "not ours");
    try (ChildJvm child = ChildJvm.start(StuckWriter.class, target);
        AtomicFile mine = AtomicFile.replacing(target, 0)) {
      assertEquals("stuck", child.readLine());
      AtomicFile.write(target, 0, channel -> channel.write(bytes("while it lives")));
      assertEquals(4, names(folder).size(), "target, notes and two temporary files");
      child.kill();
      AtomicFile.write(target, 0, channel -> channel.write(bytes("after it died")));
      assertEquals(
          Stream.of(target, other, mine.temporary())
              .map(path -> path.getFileName().toString())
              .sorted()
              .toList(),
          names(folder));
    }
  }

  /** Replaces a file again and again, each time with a megabyte of another byte. */
  static final class EndlessWriter {
    static byte[] contents(byte value) {
      byte[] contents = new byte[MEGABYTE];
      java.util.Arrays.fill(contents, value);
      return contents;
    }

    public static void main(String[] arguments) throws IOException {
      Path target = Path.of(arguments[0]);
      for (byte round = 0; ; round++) {
        ByteBuffer contents = ByteBuffer.wrap(contents(round));
        AtomicFile.write(target, MEGABYTE, channel -> channel.write(contents));
        if (round == 0) {
          System.out.println("writing");
        }
      }
    }
  }

  /** Begins to write and never ends. */
  static final class StuckWriter {
    public static void main(String[] arguments) throws Exception {
      try (AtomicFile file = AtomicFile.replacing(Path.of(arguments[0]), 0)) {
        file.channel().write(bytes("half"));
        System.out.println("stuck");
        Thread.sleep(60_000);
      }
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }
}
