package io.firesteel.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.engine.EngineException;
import io.firesteel.model.kv.KvCacheFullException;
import io.firesteel.model.kv.PagePool;
import io.firesteel.model.kv.PrefixCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sequences that begin alike share pages, with pages of 8 tokens on an engine that checks them. */
class PrefixReuseTest {
  private static final int PAGES = 64;

  private FakeEngine engine;
  private Scheduler scheduler;
  private PagePool pool;

  @BeforeEach
  void start() throws IOException {
    engine = new FakeEngine(PAGES, 8, 100, 32, false);
    scheduler = Scheduler.start("test engine", () -> engine);
    pool = new PagePool(PAGES, 8);
  }

  @AfterEach
  void stop() {
    assertEquals(PAGES, pool.freePages());
    pool.prefixes().clear();
    assertEquals(PAGES, pool.freePages());
    assertEquals(0, pool.prefixes().counters().pages());
    scheduler.close();
  }

  private Sequence sequence() {
    return new Sequence(scheduler, pool, 400);
  }

  private static int[] join(int[] a, int[] b) {
    int[] joined = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, joined, a.length, b.length);
    return joined;
  }

  private int[] answer(int[] prompt, int count) throws EngineException {
    try (Sequence sequence = sequence()) {
      sequence.feed(prompt);
      int[] drawn = SequenceTest.draw(sequence, count);
      sequence.finishAnswer();
      return drawn;
    }
  }

  private int rows() {
    return engine.steps.stream().mapToInt(Integer::intValue).sum();
  }

  @Test
  void aPromptThatWasThereBeforeIsNotComputedAgain() throws EngineException {
    int[] prompt = SequenceTest.prompt(1, 41);
    int[] first = answer(prompt, 10);
    int before = rows();
    assertArrayEquals(first, answer(prompt, 10));
    assertEquals(10, rows() - before, "all 5 full pages are taken over");
    PrefixCache.Counters counters = pool.prefixes().counters();
    assertEquals(2, counters.lookups());
    assertEquals(1, counters.hits());
    assertEquals(40, counters.reusedTokens());
    assertEquals(counters.pages(), counters.idlePages());
  }

  @Test
  void conversationsThatPartShareWhatTheyHaveInCommon() throws EngineException {
    int[] common = SequenceTest.prompt(2, 24);
    int[] left = join(common, SequenceTest.prompt(3, 20));
    int[] right = join(common, SequenceTest.prompt(4, 20));
    int[] alone = answer(right, 8);
    pool.prefixes().clear();
    answer(left, 8);
    int before = rows();
    assertArrayEquals(alone, answer(right, 8));
    assertEquals(right.length - 1 - 24 + 8, rows() - before);
  }

  @Test
  void theAnswerToOnePromptIsAPartOfTheNext() throws EngineException {
    int[] prompt = SequenceTest.prompt(5, 20);
    int[] answered = join(prompt, answer(prompt, 20));
    int before = rows();
    answer(join(answered, SequenceTest.prompt(6, 5)), 1);
    assertEquals(44 - 32 + 1, rows() - before, "39 positions were computed: 4 full pages");
  }

  @Test
  void pagesThatNobodyHoldsAreFreeAndTheOldestGoFirst() throws EngineException {
    int[] old = SequenceTest.prompt(7, 81);
    int[] young = SequenceTest.prompt(8, 81);
    answer(old, 1);
    answer(young, 1);
    answer(old, 1); // now the other one is older
    assertEquals(PAGES, pool.freePages());
    try (Sequence large = sequence()) {
      large.feed(SequenceTest.prompt(9, 8 * 50 - 8));
    }
    int before = rows();
    answer(old, 1);
    assertEquals(1, rows() - before, "the one used last is still there");
    answer(young, 1);
    assertTrue(rows() - before > 20, "the other one made room");
    assertTrue(pool.prefixes().counters().evictions() >= 5);
  }

  @Test
  void aFullCacheIsFullOnlyWithPagesInUse() throws EngineException {
    answer(SequenceTest.prompt(10, 300), 1);
    try (Sequence large = sequence();
        Sequence other = sequence()) {
      large.feed(SequenceTest.prompt(11, 390));
      KvCacheFullException full =
          assertThrows(KvCacheFullException.class, () -> other.feed(SequenceTest.prompt(12, 200)));
      assertEquals(8 * (PAGES - 49), full.available());
    }
  }

  @Test
  void aPageThatIsWrittenToAgainServesNobodyElse() throws EngineException {
    int[] prompt = SequenceTest.prompt(13, 33);
    int[] expected = answer(prompt, 6);
    try (Sequence sequence = sequence()) {
      sequence.feed(prompt);
      sequence.truncate(20);
      sequence.feed(SequenceTest.prompt(14, 13));
      assertArrayEquals(expected, answer(prompt, 6));
    }
    assertArrayEquals(expected, answer(prompt, 6));
  }

  @Test
  void manyThreadsWithCommonBeginningsGetTheirOwnAnswers() throws Exception {
    List<int[]> prompts = new ArrayList<>();
    List<int[]> expected = new ArrayList<>();
    Random random = new Random(15);
    for (int i = 0; i < 12; i++) {
      int[] beginning = SequenceTest.prompt(i % 3, 10 + 8 * (i % 4));
      prompts.add(join(beginning, SequenceTest.prompt(20 + i, 1 + random.nextInt(20))));
      expected.add(answer(prompts.get(i), 6));
    }
    pool.prefixes().clear();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<int[]>> answers = new ArrayList<>();
      for (int i = 0; i < 120; i++) {
        int[] prompt = prompts.get(random.nextInt(prompts.size()));
        answers.add(threads.submit(() -> join(prompt, answer(prompt, 6))));
      }
      for (Future<int[]> future : answers) {
        int[] whole = future.get();
        int index =
            prompts.indexOf(
                prompts.stream()
                    .filter(p -> Arrays.equals(join(p, last(whole)), whole))
                    .findFirst()
                    .orElseThrow());
        assertArrayEquals(expected.get(index), last(whole));
      }
    }
  }

  private static int[] last(int[] whole) {
    return Arrays.copyOfRange(whole, whole.length - 6, whole.length);
  }

  @Test
  void aStepThatOneSequenceMakesFailHarmsNoOther() throws Exception {
    int[] good = SequenceTest.prompt(16, 12);
    int[] expected = answer(good, 12);
    int[] used = join(good, expected);
    int poison =
        IntStream.range(0, 100)
            .filter(token -> Arrays.stream(used).noneMatch(other -> other == token))
            .findFirst()
            .orElseThrow();
    engine.poison = poison;
    int[] bad = SequenceTest.prompt(17, 12);
    bad[5] = poison;
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (int i = 0; i < 10; i++) {
        Future<int[]> fine = threads.submit(() -> answer(good, 12));
        Future<int[]> broken = threads.submit(() -> answer(bad, 12));
        assertArrayEquals(expected, fine.get());
        Exception failure = assertThrows(Exception.class, broken::get);
        assertTrue(failure.getMessage().contains("is poison"), failure.getMessage());
      }
    }
  }
}
