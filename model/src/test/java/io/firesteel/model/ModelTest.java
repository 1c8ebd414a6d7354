package io.firesteel.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.loader.GgufException;
import io.firesteel.loader.unpack.UnpackException;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.kv.KvCacheFullException;
import io.firesteel.model.kv.KvFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a model does besides computing, with an engine that only pretends. */
class ModelTest {
  private static final ModelOptions SMALL = ModelOptions.builder().contextLength(200).build();

  @TempDir Path folder;

  private static Model open(ModelOptions options, FakeProvider... providers) throws IOException {
    return Model.load(EmbeddedModel.open(), options, new EngineChoice(List.of(providers)));
  }

  @Test
  void theUsableEngineWithTheHighestPreferenceRunsAndTheOthersSayWhyNot() throws IOException {
    try (Model model =
        open(
            SMALL,
            FakeProvider.usable("slow", 1),
            FakeProvider.failing("big", 4, "needs 3 GB more: free some"),
            FakeProvider.refused("absent", 5, "no driver was found", "install one"),
            FakeProvider.usable("slower", 0))) {
      assertEquals("absent", model.refusals().get(0).engine());
      assertEquals("absent: no driver was found (install one)", model.refusals().get(0).toString());
      assertEquals("big", model.refusals().get(1).engine());
      assertEquals("needs 3 GB more: free some", model.refusals().get(1).reason());
      assertEquals(2, model.refusals().size());
      assertEquals("no device", model.device());
    }
  }

  @Test
  void anEngineAskedForByNameIsNotReplacedByAnother() {
    FakeProvider slow = FakeProvider.usable("slow", 1);
    FakeProvider absent = FakeProvider.refused("absent", 5, "no driver was found", "install one");
    EngineException refused =
        assertThrows(
            EngineException.class,
            () -> open(ModelOptions.builder().engine("absent").build(), slow, absent));
    assertEquals(
        "the engine absent cannot run here: no driver was found (install one)",
        refused.getMessage());
    EngineException unknown =
        assertThrows(
            EngineException.class,
            () -> open(ModelOptions.builder().engine("gpu").build(), slow, absent));
    assertEquals(
        "there is no engine named \"gpu\", expected absent, slow or auto", unknown.getMessage());
    EngineException none = assertThrows(EngineException.class, () -> open(SMALL, absent));
    assertTrue(none.getMessage().contains("no driver was found"), none.getMessage());
  }

  @Test
  void contextAndCacheAreAsAskedOrTheModelsOwn() throws IOException {
    try (Model model = open(ModelOptions.DEFAULT, FakeProvider.usable("fake", 1))) {
      assertEquals(2048, model.contextLength());
      assertEquals(2048 / 8, model.cache().pages());
    }
    ModelOptions options =
        ModelOptions.builder()
            .contextLength(100)
            .cacheTokens(400)
            .kvFormat(KvFormat.Q8)
            .threads(1)
            .build();
    FakeProvider provider = FakeProvider.usable("fake", 1);
    try (Model model = open(options, provider)) {
      assertEquals(100, model.contextLength());
      assertEquals(50, model.cache().pages());
      assertEquals(KvFormat.Q8, provider.engine.layout().format());
    }
  }

  @Test
  void refusesOptionsOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> ModelOptions.builder().threads(-1).build());
    assertThrows(
        IllegalArgumentException.class, () -> GenerationOptions.builder().maxTokens(0).build());
    assertThrows(
        IllegalArgumentException.class,
        () -> GenerationOptions.builder().stopStrings("a", "").build());
    assertThrows(
        IllegalArgumentException.class,
        () -> GenerationOptions.builder().logProbabilities(-2).build());
  }

  @Test
  void aFileThatIsNoModelIsAClearError() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.gguf"), "GGUF is what this is not");
    assertThrows(GgufException.class, () -> Model.load(text));
    Path other = Files.writeString(folder.resolve("notes.txt"), "hello");
    assertThrows(UnpackException.class, () -> Model.load(other));
    assertThrows(IOException.class, () -> Model.load(folder.resolve("absent.gguf")));
  }

  @Test
  void compressedModelsAreUnpackedIntoTheCacheFolder() throws IOException {
    Path packed = folder.resolve("tiny.gguf.gz");
    try (InputStream in =
            EmbeddedModel.class.getResourceAsStream("/io/firesteel/tinymoe/tiny-moe-q4_k_m.gguf");
        OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      in.transferTo(out);
    }
    ModelOptions options =
        ModelOptions.builder()
            .cacheFolder(folder.resolve("cache"))
            .contextLength(64)
            .engine("cpu")
            .threads(1)
            .build();
    try (Model model = Model.load(packed, options)) {
      assertEquals("cpu", model.engine());
      assertEquals(4096, model.tokenizer().vocabularySize());
    }
  }

  @Test
  void useAfterCloseIsAnIllegalState() throws IOException {
    FakeProvider provider = FakeProvider.usable("fake", 1);
    Model model = open(SMALL, provider);
    Session session = model.session().prompt("one two three");
    Session other = session.fork();
    Generation generation = session.generate();
    assertTrue(generation.iterator().hasNext());
    generation.iterator().next();
    session.close();
    session.close();
    assertThrows(IllegalStateException.class, () -> generation.iterator().hasNext());
    assertThrows(IllegalStateException.class, () -> session.prompt("more"));
    assertThrows(IllegalStateException.class, session::generate);
    assertThrows(IllegalStateException.class, session::fork);
    assertThrows(IllegalStateException.class, session::checkpoint);
    assertThrows(IllegalStateException.class, () -> session.rewind(0));
    assertThrows(IllegalStateException.class, session::length);
    assertThrows(IllegalStateException.class, () -> session.save(folder.resolve("s")));
    session.cancel();
    assertEquals(1, model.cache().usedPages());
    model.close();
    model.close();
    assertTrue(provider.engine.closed);
    assertEquals(0, model.cache().usedPages());
    assertThrows(IllegalStateException.class, () -> other.prompt("more"));
    assertThrows(IllegalStateException.class, model::session);
    assertThrows(IllegalStateException.class, () -> model.restore(folder.resolve("s")));
  }

  @Test
  void closingWhileAnotherThreadGeneratesIsSafe() throws Exception {
    for (int round = 0; round < 20; round++) {
      boolean closeModel = round % 2 == 0;
      FakeProvider provider = FakeProvider.usable("fake", 1);
      Model model = open(ModelOptions.builder().contextLength(2000).build(), provider);
      Session session = model.session().prompt("one two three");
      CountDownLatch begun = new CountDownLatch(round % 5);
      try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
        GenerationOptions endless = GenerationOptions.builder().ignoreEnd(true).build();
        Future<?> generating =
            threads.submit(() -> session.generate(endless).complete(piece -> begun.countDown()));
        begun.await();
        if (closeModel) {
          model.close();
        } else {
          session.close();
        }
        ExecutionException error = assertThrows(ExecutionException.class, generating::get);
        assertEquals(IllegalStateException.class, error.getCause().getClass());
      }
      assertEquals(0, model.cache().usedPages());
      model.close();
    }
  }

  @Test
  void cancellingEndsTheAnswerAndTheSessionGoesOn() throws Exception {
    FakeProvider provider = FakeProvider.usable("fake", 1);
    try (Model model = open(ModelOptions.builder().contextLength(2000).build(), provider)) {
      Session session = model.session().prompt("one two three");
      CountDownLatch begun = new CountDownLatch(3);
      try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
        Generation generation =
            session.generate(GenerationOptions.builder().ignoreEnd(true).build());
        Future<Completion> generating =
            threads.submit(() -> generation.complete(piece -> begun.countDown()));
        begun.await();
        generation.cancel();
        assertEquals(FinishReason.CANCELLED, generating.get().reason());
      }
      int length = session.length();
      assertTrue(length > 3);
      Generation next = session.generate(GenerationOptions.builder().maxTokens(4).build());
      session.cancel();
      assertFalse(next.iterator().hasNext());
      session.generate(GenerationOptions.builder().ignoreEnd(true).maxTokens(4).build()).complete();
      assertEquals(length + 4, session.length());
    }
  }

  @Test
  void anAnswerEndsWhenItsSessionGoesOnOtherwise() throws IOException {
    try (Model model = open(SMALL, FakeProvider.usable("fake", 1))) {
      Session session = model.session().prompt("one two three");
      Generation first = session.generate(GenerationOptions.builder().ignoreEnd(true).build());
      first.iterator().next();
      session.prompt("four");
      IllegalStateException error =
          assertThrows(IllegalStateException.class, () -> first.iterator().hasNext());
      assertTrue(error.getMessage().contains("gone on since"), error.getMessage());
      first.cancel();
      assertTrue(session.generate().iterator().hasNext(), "the cancelled answer is another one");
    }
  }

  @Test
  void anEmptySessionHasNothingToContinue() throws IOException {
    try (Model model = open(SMALL, FakeProvider.usable("fake", 1))) {
      IllegalStateException error =
          assertThrows(IllegalStateException.class, () -> model.session().generate());
      assertTrue(error.getMessage().contains("give it a prompt first"));
      assertThrows(IllegalArgumentException.class, () -> model.session().prompt(new int[] {4096}));
    }
  }

  @Test
  void fullCachesAndContextsAreClearErrorsAfterWhichTheSessionGoesOn() throws IOException {
    ModelOptions options = ModelOptions.builder().contextLength(40).cacheTokens(64).build();
    try (Model model = open(options, FakeProvider.usable("fake", 1))) {
      Session session = model.session().prompt(new int[30]);
      Generation endless = session.generate(GenerationOptions.builder().ignoreEnd(true).build());
      ContextFullException full =
          assertThrows(ContextFullException.class, () -> endless.complete());
      assertTrue(full.getMessage().contains("rewind or shorten"), full.getMessage());
      assertEquals(41, session.length());
      session.rewind(35);
      session.prompt(new int[5]);
      Session second = model.session();
      KvCacheFullException cache =
          assertThrows(
              KvCacheFullException.class, () -> second.prompt(IntStream.range(0, 30).toArray()));
      assertEquals(24, cache.available());
      second.prompt(IntStream.range(0, 25).toArray());
      assertEquals(8, model.cache().usedPages());
    }
  }

  @Test
  void aFailingEngineIsAnUncheckedIoException() throws IOException {
    FakeProvider provider = FakeProvider.usable("fake", 1);
    try (Model model = open(SMALL, provider)) {
      Session session = model.session().prompt("one two three");
      provider.engine.beforeStep =
          () -> {
            throw new EngineException("the device fell off the bus");
          };
      Generation generation = session.generate();
      UncheckedIOException error =
          assertThrows(UncheckedIOException.class, () -> generation.iterator().hasNext());
      assertTrue(error.getMessage().contains("fell off the bus"), error.getMessage());
      assertThrows(UncheckedIOException.class, () -> session.prompt("more words here"));
    }
  }
}
