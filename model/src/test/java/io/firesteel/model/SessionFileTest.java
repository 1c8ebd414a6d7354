package io.firesteel.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.file.ChildJvm;
import io.firesteel.loader.file.DiskFullException;
import io.firesteel.loader.file.SmallDisk;
import io.firesteel.model.kv.KvCacheFullException;
import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.kv.KvLayout;
import io.firesteel.model.kv.PagePool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionFileTest {
  private static final byte[] MODEL = fingerprint(1);

  @TempDir Path folder;
  private Machine machine;

  /** An engine with its pages. */
  private record Machine(Scheduler scheduler, PagePool pool, byte[] fingerprint)
      implements AutoCloseable {
    static Machine of(FakeEngine engine, byte[] fingerprint) throws IOException {
      Scheduler scheduler = Scheduler.start("test engine", () -> engine);
      return new Machine(
          scheduler, new PagePool(engine.pages(), engine.layout().pageTokens()), fingerprint);
    }

    Sequence sequence() {
      return new Sequence(scheduler, pool, 300);
    }

    SessionFile files() {
      return new SessionFile(scheduler, fingerprint);
    }

    Sequence restored(Path file) throws IOException {
      Sequence sequence = sequence();
      try {
        files().restore(sequence, file);
        return sequence;
      } catch (IOException | RuntimeException e) {
        sequence.close();
        throw e;
      }
    }

    @Override
    public void close() {
      scheduler.close();
    }
  }

  private static byte[] fingerprint(int value) {
    byte[] fingerprint = new byte[32];
    Arrays.fill(fingerprint, (byte) value);
    return fingerprint;
  }

  private static FakeEngine engine(KvFormat format, int pageTokens) {
    return new FakeEngine(new KvLayout(format, 2, 32, pageTokens), 64, 100, 32, false);
  }

  @BeforeEach
  void open() throws IOException {
    machine = Machine.of(engine(KvFormat.F16, 4), MODEL);
  }

  @AfterEach
  void close() {
    machine.close();
  }

  private Path saved(int promptLength, int drawn) throws IOException {
    Path file = folder.resolve("session");
    try (Sequence sequence = machine.sequence()) {
      sequence.feed(SequenceTest.prompt(1, promptLength));
      SequenceTest.draw(sequence, drawn);
      machine.files().save(sequence, file);
    }
    return file;
  }

  @ParameterizedTest
  @EnumSource(KvFormat.class)
  void restoredSessionsGoOnAsTheSavedOne(KvFormat format) throws IOException {
    Path file = folder.resolve("session");
    int[] drawn;
    try (Machine first = Machine.of(engine(format, 8), MODEL)) {
      Sequence sequence = first.sequence();
      sequence.feed(SequenceTest.prompt(1, 37));
      SequenceTest.draw(sequence, 9);
      first.files().save(sequence, file);
      drawn = SequenceTest.draw(sequence, 40);
    }
    try (Machine second = Machine.of(engine(format, 8), MODEL)) {
      Sequence other = second.sequence();
      other.feed(SequenceTest.prompt(2, 50));
      Sequence restored = second.restored(file);
      assertEquals(46, restored.length());
      assertEquals(9, restored.draws());
      assertArrayEquals(drawn, SequenceTest.draw(restored, 40));
      restored.truncate(46);
      assertArrayEquals(drawn, SequenceTest.draw(restored, 40));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 4, 5, 8, 9})
  void sessionsOfAnyLengthAreSaved(int length) throws IOException {
    Path file = saved(length, 0);
    try (Sequence restored = machine.restored(file)) {
      assertArrayEquals(SequenceTest.prompt(1, length), restored.tokens());
    }
    assertEquals(64, machine.pool().freePages());
  }

  @Test
  void whatAnEarlierSessionLeftInAPageIsNotSaved() throws IOException {
    byte[] first = Files.readAllBytes(saved(6, 0));
    try (Sequence other = machine.sequence()) {
      other.feed(SequenceTest.prompt(77, 200));
    }
    assertArrayEquals(first, Files.readAllBytes(saved(6, 0)));
  }

  @Test
  void aChangedByteIsNoticedWhereverItIs() throws IOException {
    Path file = saved(9, 3);
    byte[] good = Files.readAllBytes(file);
    Random random = new Random(4);
    for (int i = 0; i < good.length; i += i < 300 ? 1 : 7) {
      byte[] bad = good.clone();
      bad[i] ^= (byte) (1 << random.nextInt(8));
      refused(bad);
    }
  }

  @Test
  void aTruncationIsNoticedWhereverItIs() throws IOException {
    byte[] good = Files.readAllBytes(saved(9, 3));
    for (int length = 0; length < good.length; length += length < 200 ? 1 : 13) {
      refused(Arrays.copyOf(good, length));
    }
    refused(Arrays.copyOf(good, good.length + 1));
  }

  @Test
  void exchangedPagesAreNoticed() throws IOException {
    byte[] good = Files.readAllBytes(saved(9, 0));
    int page = (int) machine.scheduler().engine().kv().pageBytes() + Integer.BYTES;
    byte[] bad = good.clone();
    System.arraycopy(good, good.length - page, bad, good.length - 2 * page, page);
    System.arraycopy(good, good.length - 2 * page, bad, good.length - page, page);
    refused(bad);
  }

  @Test
  void randomBytesAreNoSession() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      byte[] bad = new byte[random.nextInt(2000)];
      random.nextBytes(bad);
      refused(bad);
    }
  }

  private SessionFileException refused(byte[] contents) throws IOException {
    Path file = Files.write(folder.resolve("bad"), contents);
    SessionFileException error =
        assertThrows(SessionFileException.class, () -> machine.restored(file));
    assertTrue(error.getMessage().startsWith(file + " "), error.getMessage());
    assertEquals(64, machine.pool().freePages());
    return error;
  }

  @Test
  void anotherModelIsRefusedByName() throws IOException {
    Path file = saved(9, 3);
    try (Machine other = Machine.of(engine(KvFormat.F16, 4), fingerprint(2))) {
      refusal(other, file, "was saved with another model (fingerprint 010101010101");
    }
  }

  @Test
  void anotherCacheIsRefusedByName() throws IOException {
    Path file = saved(9, 3);
    try (Machine other = Machine.of(engine(KvFormat.Q8, 4), MODEL)) {
      refusal(other, file, "a KV cache of 2 layers, format F16, 2 heads of 32, 4 tokens a page");
    }
    try (Machine other = Machine.of(engine(KvFormat.F16, 8), MODEL)) {
      refusal(other, file, "8 tokens a page: open it with the same");
    }
  }

  @Test
  void tokensThatTheModelLacksAreRefused() throws IOException {
    Path file = saved(40, 0);
    FakeEngine small = new FakeEngine(new KvLayout(KvFormat.F16, 2, 32, 4), 64, 10, 32, false);
    try (Machine other = Machine.of(small, MODEL)) {
      refusal(other, file, "expected 0 to 9");
    }
  }

  private static void refusal(Machine machine, Path file, String words) {
    SessionFileException error =
        assertThrows(SessionFileException.class, () -> machine.restored(file));
    assertTrue(error.getMessage().contains(words), error.getMessage());
    assertEquals(64, machine.pool().freePages());
  }

  @Test
  void aCacheTooFullForTheFileSaysSo() throws IOException {
    Path file = saved(9, 3);
    try (Sequence other = machine.sequence()) {
      other.feed(SequenceTest.prompt(1, 250));
      assertThrows(KvCacheFullException.class, () -> machine.restored(file));
    }
    assertEquals(64, machine.pool().freePages());
  }

  @Test
  void aContextTooShortForTheFileSaysSo() throws IOException {
    Path file = saved(9, 3);
    Sequence shorter = new Sequence(machine.scheduler(), machine.pool(), 8);
    SessionFileException error =
        assertThrows(SessionFileException.class, () -> machine.files().restore(shorter, file));
    assertTrue(error.getMessage().contains("more than the context of 8"), error.getMessage());
  }

  @Test
  void aFullDiskIsAClearErrorAndKeepsTheOldFile() throws IOException {
    try (SmallDisk disk = SmallDisk.mount(1);
        Sequence small = machine.sequence()) {
      Path file = disk.folder().resolve("session");
      small.feed(SequenceTest.prompt(1, 9));
      machine.files().save(small, file);
      byte[] before = Files.readAllBytes(file);
      Files.write(disk.folder().resolve("filler"), new byte[1_000_000]);
      small.feed(SequenceTest.prompt(1, 200));
      DiskFullException error =
          assertThrows(DiskFullException.class, () -> machine.files().save(small, file));
      assertTrue(error.getMessage().contains("free"), error.getMessage());
      assertArrayEquals(before, Files.readAllBytes(file));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 10, 40})
  void aKilledSaveLeavesAWholeFile(int milliseconds) throws Exception {
    Path file = folder.resolve("session");
    try (ChildJvm child = ChildJvm.start(EndlessSaver.class, file)) {
      assertEquals("saving", child.readLine());
      Thread.sleep(milliseconds);
      assertTrue(child.isAlive());
      child.kill();
    }
    try (Sequence restored = machine.restored(file)) {
      int seed = restored.length() - 100;
      int[] prompt = SequenceTest.prompt(seed, restored.length());
      assertArrayEquals(prompt, restored.tokens());
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> all = files.toList();
      assertTrue(all.size() <= 2, "the file and at most one that was under way: " + all);
    }
  }

  /** Saves sessions of 100 to 199 tokens over one another, again and again. */
  static final class EndlessSaver {
    public static void main(String[] arguments) throws IOException {
      Path file = Path.of(arguments[0]);
      Machine machine = Machine.of(engine(KvFormat.F16, 4), MODEL);
      for (int round = 0; ; round++) {
        try (Sequence sequence = machine.sequence()) {
          sequence.feed(SequenceTest.prompt(round % 100, 100 + round % 100));
          machine.files().save(sequence, file);
        }
        if (round == 0) {
          System.out.println("saving");
        }
      }
    }
  }
}
