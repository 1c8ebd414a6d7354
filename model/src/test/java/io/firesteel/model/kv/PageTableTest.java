package io.firesteel.model.kv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageTableTest {
  private static final int PAGE = 8;

  @Test
  void takesAPageWhenTheLastIsFull() {
    PagePool pool = new PagePool(4, PAGE);
    PageTable table = new PageTable(pool);
    assertTrue(table.append(PAGE).isEmpty());
    assertEquals(1, pool.usedPages());
    table.append(1);
    assertEquals(2, pool.usedPages());
    assertEquals(2 * PAGE + 7, table.available());
  }

  @Test
  void forkSharesPagesUntilOneOfThemIsWritten() {
    PagePool pool = new PagePool(4, PAGE);
    PageTable parent = new PageTable(pool);
    parent.append(PAGE + 3);
    PageTable child = parent.fork();
    assertEquals(2, pool.usedPages());
    assertEquals(2, pool.sharedPages());

    PageCopy copy = child.append(1).orElseThrow();
    assertEquals(parent.pages()[1], copy.from());
    assertEquals(child.pages()[1], copy.to());
    assertEquals(parent.pages()[0], child.pages()[0]);
    assertEquals(2, pool.references(copy.from()), "held until the copy is made");
    copy.close();
    copy.close();
    assertEquals(1, pool.references(copy.from()));
    assertTrue(parent.append(1).isEmpty(), "the parent has its page to itself again");
  }

  @Test
  void forkAtAPageBoundaryCopiesNothing() {
    PagePool pool = new PagePool(4, PAGE);
    PageTable parent = new PageTable(pool);
    parent.append(PAGE);
    PageTable child = parent.fork();
    assertTrue(child.append(1).isEmpty());
    assertTrue(parent.append(1).isEmpty());
    assertNotEquals(parent.pages()[1], child.pages()[1]);
  }

  @Test
  void originalOutlivesItsOtherOwnersUntilItIsCopied() {
    PagePool pool = new PagePool(3, PAGE);
    PageTable parent = new PageTable(pool);
    parent.append(1);
    PageTable child = parent.fork();
    PageCopy copy = child.append(1).orElseThrow();
    parent.close();
    PageTable other = new PageTable(pool);
    other.append(PAGE);
    assertNotEquals(copy.from(), other.pages()[0]);
    copy.close();
    assertEquals(1, pool.freePages());
  }

  @ParameterizedTest
  @CsvSource({
    // pages of others, tokens of its own, shared with a fork, tokens that fit
    "0, 0, false, 32",
    "3, 0, false, 8",
    "4, 0, false, 0",
    "0, 5, false, 27",
    "3, 5, false, 3",
    "0, 5, true, 19",
    "2, 5, true, 3",
    "3, 5, true, 0",
    "2, 8, true, 8",
    "3, 8, false, 0"
  })
  void saysHowManyTokensWouldFit(int others, int own, boolean shared, int fit) {
    PagePool pool = new PagePool(4, PAGE);
    new PageTable(pool).append(others * PAGE);
    PageTable table = new PageTable(pool);
    table.append(own);
    if (shared) {
      table.fork();
    }
    assertEquals(fit, table.available());
    int[] before = table.pages();
    KvCacheFullException error =
        assertThrows(KvCacheFullException.class, () -> table.append(fit + 1));
    assertEquals(fit, error.available());
    assertEquals(fit + 1, error.requested());
    assertTrue(error.getMessage().contains(fit + " would fit"), error.getMessage());
    assertArrayEquals(before, table.pages());
    assertEquals(own, table.length());
    table.append(fit);
    assertEquals(0, table.available());
  }

  @Test
  void refusesUseAfterClose() {
    PageTable table = new PageTable(new PagePool(1, PAGE));
    table.close();
    table.close();
    assertThrows(IllegalStateException.class, () -> table.append(1));
    assertThrows(IllegalStateException.class, table::fork);
    assertThrows(IllegalStateException.class, () -> table.truncate(0));
  }

  /** A sequence, its expected contents and its page table. */
  private record Sequence(PageTable table, List<Integer> tokens) {}

  /** Random work on a pool whose pages hold the tokens themselves, checked against plain lists. */
  @ParameterizedTest
  @CsvSource({"1, 5, 4", "2, 40, 4", "3, 200, 1", "4, 64, 16", "5, 7, 64"})
  void contentsAndCountsEqualANaiveModel(long seed, int pages, int pageTokens) {
    Random random = new Random(seed);
    PagePool pool = new PagePool(pages, pageTokens);
    int[][] memory = new int[pages][pageTokens];
    List<Sequence> sequences = new ArrayList<>();
    int refusals = 0;
    for (int step = 0; step < 4000; step++) {
      if (sequences.isEmpty() || random.nextInt(20) == 0) {
        sequences.add(new Sequence(new PageTable(pool), new ArrayList<>()));
        continue;
      }
      int index = random.nextInt(sequences.size());
      Sequence chosen = sequences.get(index);
      switch (random.nextInt(10)) {
        case 0 -> {
          chosen.table().close();
          sequences.remove(index);
        }
        case 1, 2 ->
            sequences.add(new Sequence(chosen.table().fork(), new ArrayList<>(chosen.tokens())));
        case 3 -> {
          int length = random.nextInt(chosen.tokens().size() + 1);
          chosen.table().truncate(length);
          chosen.tokens().subList(length, chosen.tokens().size()).clear();
        }
        default -> refusals += append(chosen, random, pool, memory) ? 0 : 1;
      }
      check(sequences, pool, memory);
    }
    assertTrue(refusals > 0, "the pool was never full");
    sequences.forEach(sequence -> sequence.table().close());
    assertEquals(pages, pool.freePages());
  }

  private static boolean append(Sequence sequence, Random random, PagePool pool, int[][] memory) {
    PageTable table = sequence.table();
    int count = random.nextInt(2 * pool.pageTokens() + 2);
    if (count > table.available()) {
      assertThrows(KvCacheFullException.class, () -> table.append(count));
      return false;
    }
    table
        .append(count)
        .ifPresent(
            copy -> {
              memory[copy.to()] = memory[copy.from()].clone();
              copy.close();
            });
    for (int i = 0; i < count; i++) {
      int position = sequence.tokens().size();
      int token = random.nextInt();
      memory[table.pages()[position / pool.pageTokens()]][position % pool.pageTokens()] = token;
      sequence.tokens().add(token);
    }
    return true;
  }

  private static void check(List<Sequence> sequences, PagePool pool, int[][] memory) {
    int[] expected = new int[pool.pages()];
    for (Sequence sequence : sequences) {
      int[] table = sequence.table().pages();
      assertEquals(sequence.tokens().size(), sequence.table().length());
      assertEquals(Math.ceilDiv(sequence.tokens().size(), pool.pageTokens()), table.length);
      for (int page : table) {
        expected[page]++;
      }
      for (int i = 0; i < sequence.tokens().size(); i++) {
        int found = memory[table[i / pool.pageTokens()]][i % pool.pageTokens()];
        assertEquals(sequence.tokens().get(i).intValue(), found);
      }
    }
    int[] found = IntStream.range(0, pool.pages()).map(pool::references).toArray();
    assertArrayEquals(expected, found);
    long free = IntStream.of(expected).filter(count -> count == 0).count();
    assertEquals(free, pool.freePages());
    assertEquals(pool.pages() - free, pool.usedPages());
  }

  @Test
  void threadsWithTablesOfTheirOwnShareAPool() throws Exception {
    PagePool pool = new PagePool(64, 4);
    PageTable root = new PageTable(pool);
    root.append(30);
    List<Callable<Void>> work = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Random random = new Random(t);
      PageTable mine = root.fork();
      work.add(() -> churn(mine, random));
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<Void> done : threads.invokeAll(work)) {
        done.get();
      }
    }
    assertEquals(8, pool.usedPages());
    root.close();
    assertEquals(64, pool.freePages());
  }

  private static Void churn(PageTable start, Random random) {
    PageTable table = start;
    for (int i = 0; i < 5000; i++) {
      PageTable next = table.fork();
      table.close();
      table = next;
      table.truncate(random.nextInt(table.length() + 1));
      try {
        table.append(random.nextInt(20)).ifPresent(PageCopy::close);
      } catch (KvCacheFullException e) {
        assertFalse(e.available() >= e.requested());
      }
    }
    table.close();
    return null;
  }
}
