package io.firesteel.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.engine.EngineException;
import io.firesteel.model.kv.KvCacheFullException;
import io.firesteel.model.kv.PagePool;
import io.firesteel.model.sampling.Sampler;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.model.sampling.TokenMask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SequenceTest {
  private static final SamplingParameters WARM =
      SamplingParameters.builder().temperature(1).topK(0).topP(1).minP(0).seed(5).build();

  private FakeEngine engine;
  private Scheduler scheduler;
  private PagePool pool;

  private Sequence start(FakeEngine fake) throws IOException {
    engine = fake;
    scheduler = Scheduler.start("test engine", () -> fake);
    pool = new PagePool(fake.pages(), fake.layout().pageTokens());
    return sequence();
  }

  private Sequence sequence() {
    return new Sequence(scheduler, pool, 300);
  }

  @AfterEach
  void close() {
    if (scheduler != null) {
      scheduler.close();
      assertTrue(engine.closed);
    }
  }

  static int[] prompt(int seed, int count) {
    return new Random(seed).ints(count, 0, 100).toArray();
  }

  static int[] draw(Sequence sequence, int count) throws EngineException {
    return draw(sequence, count, WARM);
  }

  private static int[] draw(Sequence sequence, int count, SamplingParameters parameters)
      throws EngineException {
    Sampler sampler = new Sampler(parameters, 100);
    int[] drawn = new int[count];
    for (int i = 0; i < count; i++) {
      drawn[i] = sequence.next(sampler, parameters, count - i, new int[0], false);
    }
    return drawn;
  }

  /** What a sequence draws after a prompt that is fed in one go, on an engine of its own. */
  private static int[] expected(int[] prompt, int count) throws IOException {
    try (Scheduler alone = Scheduler.start("reference", () -> FakeEngine.small1000())) {
      Sequence sequence = new Sequence(alone, new PagePool(1000, 8), 5000);
      sequence.feed(prompt);
      return draw(sequence, count);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 9, 32, 33, 100})
  void promptsOfAnyLengthGoOnAlike(int length) throws IOException {
    Sequence inOne = start(FakeEngine.small());
    Sequence oneByOne = sequence();
    int[] prompt = prompt(length, length);
    inOne.feed(prompt);
    for (int token : prompt) {
      oneByOne.feed(new int[] {token});
    }
    int[] drawn = draw(inOne, 20);
    assertArrayEquals(expected(prompt, 20), drawn);
    assertArrayEquals(drawn, draw(oneByOne, 20));
    assertEquals(20, inOne.draws());
    assertEquals(length + 20, inOne.length());
  }

  @Test
  void forksGoOnAlikeAndThenTheirOwnWay() throws IOException {
    Sequence parent = start(FakeEngine.small());
    parent.feed(prompt(1, 21));
    draw(parent, 3);
    Sequence child = parent.fork();
    Sequence other = parent.fork();
    other.feed(new int[] {7});
    int[] drawn = draw(parent, 30);
    assertArrayEquals(drawn, draw(child, 30));
    assertFalse(Arrays.equals(drawn, draw(other, 30)));
  }

  @Test
  void rewindingGoesOnAsBefore() throws IOException {
    Sequence sequence = start(FakeEngine.small());
    sequence.feed(prompt(2, 10));
    draw(sequence, 5);
    int[] drawn = draw(sequence, 30);
    sequence.truncate(15);
    assertEquals(5, sequence.draws());
    assertArrayEquals(drawn, draw(sequence, 30));
    sequence.truncate(15);
    sequence.feed(new int[] {1, 2, 3});
    draw(sequence, 10);
    sequence.truncate(15);
    assertArrayEquals(drawn, draw(sequence, 30));
    sequence.truncate(0);
    assertEquals(0, pool.usedPages());
  }

  @Test
  void tokensDrawnAheadOnTheDeviceAreTheSameAndCanBeLeft() throws IOException {
    int[] prompt = prompt(3, 12);
    Sequence sequence = start(new FakeEngine(64, 8, 100, 32, true));
    sequence.feed(prompt);
    int[] expected = expected(prompt, 40);
    assertArrayEquals(expected, draw(sequence, 40));
    assertTrue(engine.drawnOnDevice.get() >= 40);
    sequence.truncate(12);
    Sampler sampler = new Sampler(WARM, 100);
    for (int i = 0; i < 5; i++) {
      assertEquals(expected[i], sequence.next(sampler, WARM, 30, new int[0], false));
    }
    Sequence fork = sequence.fork();
    assertEquals(17, fork.length());
    assertEquals(expected[5], fork.next(sampler, WARM, 30, new int[0], false));
    sequence.feed(new int[] {1});
    assertEquals(18, sequence.length());
  }

  private static TokenMask odd(int than) {
    BitSet allowed = new BitSet();
    for (int id = 0; id < 100; id++) {
      allowed.set(id, id % 7 != than % 7);
    }
    return TokenMask.of(100, allowed);
  }

  /** Draws under a mask that depends on the token before, as a grammar's do. */
  private static int[] drawMasked(Sequence sequence, int count) throws EngineException {
    Sampler sampler = new Sampler(WARM, 100);
    int[] drawn = new int[count];
    for (int i = 0; i < count; i++) {
      TokenMask allowed = odd(sequence.token(sequence.length() - 1));
      drawn[i] = sequence.next(sampler, WARM, allowed, false);
    }
    return drawn;
  }

  @Test
  void tokensDrawnUnderMasksOnTheDeviceAreTheSameAndMayBeFollowedByGivenOnes() throws IOException {
    int[] prompt = prompt(3, 12);
    int[] given = {1, 2, 3};
    Sequence onHost = start(new FakeEngine(64, 8, 100, 32, false));
    onHost.feed(prompt);
    int[] first = drawMasked(onHost, 30);
    onHost.feed(given);
    int[] second = drawMasked(onHost, 5);
    int[] free = draw(onHost, 5);
    scheduler.close();
    Sequence sequence = start(new FakeEngine(64, 8, 100, 32, true));
    sequence.feed(prompt);
    assertArrayEquals(first, drawMasked(sequence, 30));
    assertEquals(30, engine.drawnOnDevice.get());
    int rows = engine.steps.stream().mapToInt(Integer::intValue).sum();
    sequence.feed(given);
    assertEquals(
        given.length - 1,
        engine.steps.stream().mapToInt(Integer::intValue).sum() - rows,
        "rows for the given tokens: the one drawn before them was fed already");
    assertArrayEquals(second, drawMasked(sequence, 5));
    Sequence fork = sequence.fork();
    assertArrayEquals(free, draw(sequence, 5));
    assertArrayEquals(free, draw(fork, 5));
  }

  /** 4 pages of 8 positions hold the 32 tokens before the last. */
  @Test
  void tokensAreDrawnUnderMasksUpToTheLastPosition() throws IOException {
    Sequence sequence = start(new FakeEngine(4, 8, 100, 32, true));
    sequence.feed(prompt(3, 12));
    drawMasked(sequence, 21);
    assertEquals(21, engine.drawnOnDevice.get());
    assertThrows(KvCacheFullException.class, () -> drawMasked(sequence, 1));
    sequence.truncate(20);
    assertEquals(1, drawMasked(sequence, 1).length);
  }

  @Test
  void aMaskThatLeavesNothingToDrawHarmsNoOtherSequence() throws IOException {
    Sequence sequence = start(new FakeEngine(64, 8, 100, 32, true));
    sequence.feed(prompt(3, 12));
    TokenMask none = TokenMask.of(100, new BitSet());
    Sampler sampler = new Sampler(WARM, 100);
    EngineException error =
        assertThrows(EngineException.class, () -> sequence.next(sampler, WARM, none, false));
    assertTrue(error.getMessage().contains("0 of 100 tokens"), error.getMessage());
    Sequence other = sequence();
    other.feed(prompt(3, 12));
    assertArrayEquals(drawMasked(other, 10), drawMasked(sequence, 10));
  }

  @Test
  void devicesDoNotDrawWhatTheyDoNotSupport() throws IOException {
    Sequence sequence = start(new FakeEngine(64, 8, 100, 32, true));
    sequence.feed(prompt(3, 12));
    draw(sequence, 4, WARM.toBuilder().repeatPenalty(1.1f, 64).build());
    assertEquals(0, engine.drawnOnDevice.get());
  }

  @Test
  void aFullCacheSaysHowManyTokensWouldFitAndChangesNothing() throws IOException {
    Sequence sequence = start(new FakeEngine(4, 8, 100, 32, false));
    sequence.feed(prompt(4, 20));
    KvCacheFullException error =
        assertThrows(KvCacheFullException.class, () -> sequence.feed(prompt(5, 30)));
    assertEquals(13, error.available());
    assertEquals(20, sequence.length());
    sequence.feed(prompt(5, 13));
    assertThrows(KvCacheFullException.class, () -> draw(sequence, 2));
    assertEquals(33, sequence.length());
    sequence.close();
    assertEquals(4, pool.freePages());
  }

  @Test
  void aFullContextIsAnErrorThatChangesNothing() throws IOException {
    Sequence sequence = start(FakeEngine.small());
    ContextFullException error =
        assertThrows(ContextFullException.class, () -> sequence.feed(prompt(1, 301)));
    assertEquals(300, error.available());
    sequence.feed(prompt(1, 299));
    int[] drawn = draw(sequence, 2);
    assertThrows(ContextFullException.class, () -> draw(sequence, 1));
    sequence.truncate(299);
    assertArrayEquals(drawn, draw(sequence, 2));
  }

  @Test
  void sequencesOnSeveralThreadsDrawWhatTheyWouldAlone() throws Exception {
    Sequence first = start(new FakeEngine(400, 8, 100, 32, false));
    List<Callable<int[]>> work = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Sequence sequence = i == 0 ? first : sequence();
      int[] prompt = prompt(i, 5 + 20 * i);
      work.add(
          () -> {
            sequence.feed(prompt);
            return draw(sequence, 60);
          });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<int[]>> results = threads.invokeAll(work);
      for (int i = 0; i < 8; i++) {
        assertArrayEquals(expected(prompt(i, 5 + 20 * i), 60), results.get(i).get());
      }
    }
    long rows = engine.steps.stream().mapToInt(Integer::intValue).sum();
    assertEquals(8 * (5 + 60) + 20 * 28 - 8, rows, "no row was computed twice or for nothing");
  }

  @Test
  void anEngineForAnyThreadRunsWhereItIsWaitedForAndNeverTwiceAtOnce() throws Exception {
    FakeEngine fake = new FakeEngine(400, 8, 100, 32, false);
    fake.runsOnAnyThread = true;
    Sequence first = start(fake);
    List<Callable<int[]>> work = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Sequence sequence = i == 0 ? first : sequence();
      int[] prompt = prompt(i, 5 + 20 * i);
      work.add(
          () -> {
            sequence.feed(prompt);
            return draw(sequence, 60);
          });
    }
    AtomicBoolean over = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(7)) {
      Future<Integer> moves =
          threads.submit(
              () -> {
                int count = 0;
                for (; !over.get(); count++) {
                  scheduler.call(
                      () -> {
                        fake.copy(399, 399);
                        return null;
                      });
                }
                return count;
              });
      List<Future<int[]>> results = threads.invokeAll(work);
      over.set(true);
      for (int i = 0; i < 6; i++) {
        assertArrayEquals(expected(prompt(i, 5 + 20 * i), 60), results.get(i).get());
      }
      assertTrue(moves.get() > 0);
    }
    assertArrayEquals(
        expected(prompt(9, 7), 20),
        draw(fed(sequence(), prompt(9, 7)), 20),
        "alone, after all others");
    assertTrue(fake.threads.contains(Thread.currentThread()), "steps ran on the caller's thread");
  }

  private static Sequence fed(Sequence sequence, int[] prompt) throws EngineException {
    sequence.feed(prompt);
    return sequence;
  }

  @Test
  void stepsAreShared() throws Exception {
    Sequence first = start(new FakeEngine(400, 8, 100, 32, false));
    engine.beforeStep = () -> pause(4);
    List<Callable<int[]>> work = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Sequence sequence = i == 0 ? first : sequence();
      sequence.feed(prompt(i, 3));
      work.add(() -> draw(sequence, 30));
    }
    engine.steps.clear();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<int[]> result : threads.invokeAll(work)) {
        result.get();
      }
    }
    assertTrue(engine.steps.size() < 100, "120 tokens took " + engine.steps.size() + " steps");
  }

  @Test
  void decodingGoesOnWhileAnotherSequenceIsFedALongPrompt() throws Exception {
    Sequence decoding = start(new FakeEngine(400, 8, 100, 32, false));
    Sequence prefilling = sequence();
    decoding.feed(prompt(1, 3));
    engine.beforeStep = () -> pause(2);
    try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
      Future<Boolean> fed = threads.submit(() -> prefilling.feed(prompt(2, 290)));
      int[] drawn = draw(decoding, 3);
      assertFalse(fed.isDone(), "290 tokens take 10 steps of 32 rows");
      assertArrayEquals(expected(prompt(1, 3), 3), drawn);
      assertTrue(fed.get());
    }
  }

  @Test
  void cancellingEndsAPromptBetweenStepsAndUndoesIt() throws Exception {
    Sequence sequence = start(FakeEngine.small());
    sequence.feed(prompt(1, 5));
    CountDownLatch second = new CountDownLatch(2);
    CountDownLatch cancelled = new CountDownLatch(1);
    engine.beforeStep =
        () -> {
          second.countDown();
          if (second.getCount() == 0) {
            waitFor(cancelled);
          }
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
      Future<Boolean> fed = threads.submit(() -> sequence.feed(prompt(2, 290)));
      second.await();
      sequence.cancel();
      cancelled.countDown();
      assertFalse(fed.get());
    }
    assertEquals(3, engine.steps.size(), "one for the first prompt, two for the second");
    assertEquals(5, sequence.length());
    assertEquals(1, pool.usedPages());
    engine.beforeStep = () -> {};
    assertEquals(
        Sequence.CANCELLED, sequence.next(new Sampler(WARM, 100), WARM, 1, new int[0], false));
    sequence.begin();
    assertArrayEquals(expected(prompt(1, 5), 10), draw(sequence, 10));
  }

  @Test
  void interruptingAThreadCancelsAndKeepsItsMark() throws Exception {
    Sequence sequence = start(FakeEngine.small());
    // so that the engine is not done before the thread waits for it
    engine.beforeStep = () -> LockSupport.parkNanos(50_000_000);
    Thread.currentThread().interrupt();
    assertFalse(sequence.feed(prompt(2, 290)));
    assertTrue(Thread.interrupted());
    assertEquals(0, sequence.length());
    assertTrue(sequence.feed(prompt(2, 29)));
  }

  @Test
  void aFailedEngineFailsAllAndSaysSo() throws Exception {
    Sequence sequence = start(FakeEngine.small());
    sequence.feed(prompt(1, 5));
    engine.beforeStep =
        () -> {
          throw new EngineException("the device fell off the bus");
        };
    EngineException first = assertThrows(EngineException.class, () -> draw(sequence, 1));
    assertTrue(first.getMessage().contains("fell off the bus"), first.getMessage());
    assertEquals(5, sequence.length());
    EngineException later = assertThrows(EngineException.class, () -> draw(sequence, 1));
    assertTrue(later.getMessage().contains("load the model again"), later.getMessage());
    sequence.close();
    assertEquals(64, pool.freePages());
  }

  @Test
  void closingTheSchedulerRefusesWhatWaits() throws Exception {
    Sequence sequence = start(FakeEngine.small());
    CountDownLatch running = new CountDownLatch(1);
    engine.beforeStep =
        () -> {
          running.countDown();
          pause(100);
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
      Future<Boolean> fed = threads.submit(() -> sequence.feed(prompt(2, 290)));
      running.await();
      scheduler.close();
      Exception error = assertThrows(Exception.class, fed::get);
      assertEquals(IllegalStateException.class, error.getCause().getClass());
    }
    assertThrows(IllegalStateException.class, () -> sequence.feed(prompt(1, 2)));
    assertThrows(IllegalStateException.class, () -> scheduler.call(() -> 1));
    sequence.close();
    assertEquals(64, pool.freePages());
  }

  @Test
  void anEngineThatCannotBeOpenedSaysWhy() {
    EngineException error =
        assertThrows(
            EngineException.class,
            () ->
                Scheduler.start(
                    "test engine",
                    () -> {
                      throw new EngineException("needs 3 GB more");
                    }));
    assertEquals("needs 3 GB more", error.getMessage());
  }

  /** Random forks, rewinds, prompts and draws; every sequence stays what its tokens say. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everySequenceGoesOnAsItsTokensSay(long seed) throws IOException {
    Random random = new Random(seed);
    List<Sequence> sequences = new ArrayList<>();
    sequences.add(start(new FakeEngine(200, 4, 100, 16, seed == 2)));
    sequences.getFirst().feed(prompt(9, 6));
    for (int step = 0; step < 150; step++) {
      Sequence chosen = sequences.get(random.nextInt(sequences.size()));
      try {
        switch (random.nextInt(6)) {
          case 0 -> sequences.add(chosen.fork());
          case 1 -> chosen.truncate(1 + random.nextInt(chosen.length()));
          case 2 -> chosen.feed(prompt(step, random.nextInt(12)));
          case 3 -> draw(chosen, random.nextInt(12));
          case 4 -> drawMasked(chosen, random.nextInt(12));
          default -> {
            if (sequences.size() > 1) {
              sequences.remove(chosen);
              chosen.close();
            }
          }
        }
      } catch (KvCacheFullException e) {
        chosen.close();
        sequences.remove(chosen);
      }
    }
    for (Sequence sequence : sequences) {
      int length = sequence.length();
      int[] tokens = sequence.tokens();
      int next = draw(sequence, 1, SamplingParameters.GREEDY)[0];
      sequence.close();
      try (Scheduler alone = Scheduler.start("reference", FakeEngine::small1000)) {
        Sequence fresh = new Sequence(alone, new PagePool(1000, 8), 5000);
        fresh.feed(tokens);
        assertEquals(next, draw(fresh, 1, SamplingParameters.GREEDY)[0], "after " + length);
      }
    }
    assertEquals(200, pool.freePages());
    assertNotEquals(0, engine.steps.size());
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static void pause(int milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
