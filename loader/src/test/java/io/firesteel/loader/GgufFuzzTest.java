package io.firesteel.loader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFuzzTest {
  private static final int COUNT = 100_000;
  private static final long SEED = 20_261_123;

  @TempDir Path folder;

  @Test
  void seedsAreValid() {
    for (byte[] seed : FuzzSeeds.all()) {
      try (Gguf gguf = Gguf.of("seed", MemorySegment.ofArray(seed))) {
        assertEquals(seed.length, gguf.fileSize());
      }
    }
  }

  @Test
  void refusesOrServesEachOfAHundredThousandDamagedFiles() throws IOException {
    long start = System.nanoTime();
    GgufFuzz.Figures figures = new GgufFuzz(folder.resolve("fuzz.gguf")).run(COUNT, SEED);
    System.out.println(GgufFuzz.describe(figures, COUNT, SEED, System.nanoTime() - start));
    assertEquals(COUNT, figures.refused() + figures.accepted());
    assertTrue(figures.refused() > COUNT / 4, "too few mutations do harm");
    assertTrue(figures.accepted() > COUNT / 20, "too few files come through to be used");
    assertTrue(figures.slowestMillis() < 5000, "slowest: seed " + figures.slowestSeed());
    assertTrue(figures.mostTimes() < 32, "most demanding: seed " + figures.mostTimesSeed());
    assertTrue(figures.mostBytes() < 4 << 20, "most memory: " + figures.mostBytes());
  }
}
