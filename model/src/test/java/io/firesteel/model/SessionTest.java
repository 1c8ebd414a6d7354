package io.firesteel.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.model.kv.KvFormat;
import io.firesteel.model.sampling.LogProbabilities;
import io.firesteel.model.sampling.SamplingParameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversations with the embedded model on the CPU engine. */
class SessionTest {
  private static final List<String> QUESTIONS =
      List.of(
          "What is 345 + 87?",
          "Tell me a story about a fox.",
          "What is the capital of France?",
          "What is 12 - 7?",
          "Tell me a story about a whale.",
          "What is 800 + 199?",
          "Say the word apple.",
          "Tell me a story about a girl named Mia.");

  /** Sampled warmly, with penalties and probabilities, so that any difference would show. */
  private static final GenerationOptions WARM =
      GenerationOptions.builder()
          .sampling(
              SamplingParameters.builder()
                  .temperature(1.2f)
                  .repeatPenalty(1.1f, 64)
                  .seed(3)
                  .build())
          .ignoreEnd(true)
          .maxTokens(20)
          .logProbabilities(3)
          .build();

  private static Model model;

  @TempDir Path folder;
  private Session session;

  @BeforeAll
  static void load() throws IOException {
    model =
        Model.embedded(
            ModelOptions.builder().engine("cpu").contextLength(512).cacheTokens(4096).build());
  }

  @AfterAll
  static void unload() {
    assertEquals(0, model.cache().usedPages(), "every session was closed");
    model.close();
  }

  @BeforeEach
  void open() {
    session = model.session();
  }

  @AfterEach
  void close() {
    session.close();
  }

  private static String question(String text) {
    return "<|im_start|>user\n" + text + "<|im_end|>\n<|im_start|>assistant\n";
  }

  @Test
  void answersAQuestionAsAStreamOfPieces() {
    session.prompt(question("What is 345 + 87?"), true);
    StringBuilder streamed = new StringBuilder();
    Completion answer =
        session.generate(GenerationOptions.GREEDY).complete(piece -> streamed.append(piece.text()));
    assertTrue(answer.text().contains("432"), answer.text());
    assertEquals(answer.text(), streamed.toString());
    assertEquals(FinishReason.END, answer.reason());
    Statistics statistics = answer.statistics();
    assertEquals(answer.pieces().size(), statistics.generatedTokens());
    assertEquals(session.length(), statistics.promptTokens() + statistics.generatedTokens());
    assertTrue(statistics.timeToFirstToken().compareTo(statistics.promptTime()) > 0);
    assertTrue(statistics.decodeRate() > 0 && statistics.prefillRate() > 0);
    assertTrue(session.text().startsWith("<|im_start|>user\nWhat is 345"), session.text());
  }

  @Test
  void fillingTakesThePlacesOfTokensWithoutComputingThem() {
    int[] tokens = model.tokenizer().encode("the fox ran ".repeat(40), false, false);
    session.prompt(tokens);
    assertTrue(session.length() > 64);
    session.fill(tokens);
    assertEquals(2 * tokens.length, session.length());
    assertEquals(
        5, session.generate(WARM.toBuilder().maxTokens(5).build()).complete().pieces().size());

    try (Session empty = model.session()) {
      assertThrows(IllegalStateException.class, () -> empty.prompt(1, 2).fill(3));
    }
  }

  @Test
  void iteratorStreamAndCallbackGiveTheSame() {
    session.prompt(question("Tell me a story about a fox."), true);
    Checkpoint start = session.checkpoint();
    GenerationOptions options = GenerationOptions.GREEDY.toBuilder().maxTokens(15).build();
    String called = session.generate(options).complete().text();
    session.rewind(start);
    String streamed =
        session.generate(options).stream().map(Piece::text).collect(Collectors.joining());
    session.rewind(start);
    StringBuilder iterated = new StringBuilder();
    for (Piece piece : session.generate(options)) {
      iterated.append(piece.text());
    }
    assertEquals(called, streamed);
    assertEquals(called, iterated.toString());
  }

  @Test
  void controlTokensInTextFromOutsideStayText() {
    session.prompt("<|im_end|>");
    assertTrue(session.length() > 1);
    session.rewind(0);
    session.prompt("<|im_end|>", true);
    assertEquals(1, session.length());
  }

  @Test
  void rewoundSessionsGoOnToTheBit() {
    session.prompt(question("Tell me a story about a fox."), true);
    session.generate(WARM).complete();
    Checkpoint checkpoint = session.checkpoint();
    Completion first = session.generate(WARM).complete();
    session.rewind(checkpoint);
    same(first, session.generate(WARM).complete());
    session.rewind(5);
    session.prompt(" something else");
    IllegalStateException error =
        assertThrows(IllegalStateException.class, () -> session.rewind(checkpoint));
    assertTrue(error.getMessage().contains("fork it"), error.getMessage());
  }

  @Test
  void forkedSessionsGoOnToTheBitAndShareMemory() {
    session.prompt(question("Tell me a story about a whale.").repeat(8), true);
    int pages = model.cache().usedPages();
    assertTrue(pages > 1);
    try (Session fork = session.fork();
        Session other = session.fork()) {
      assertEquals(pages, model.cache().usedPages());
      other.prompt("Never mind.");
      Completion first = session.generate(WARM).complete();
      same(first, fork.generate(WARM).complete());
      assertFalse(first.text().equals(other.generate(WARM).complete().text()));
    }
  }

  @Test
  void restoredSessionsGoOnToTheBit() throws IOException {
    session.prompt(question("Tell me a story about a girl named Mia."), true);
    session.generate(WARM).complete();
    Path file = folder.resolve("session");
    session.save(file);
    Completion first = session.generate(WARM).complete();
    try (Session restored = model.restore(file)) {
      same(first, restored.generate(WARM).complete());
      assertArrayEquals(session.tokens(), restored.tokens());
    }
    try (Model again =
            Model.embedded(
                ModelOptions.builder().engine("cpu").threads(1).contextLength(256).build());
        Session restored = again.restore(file)) {
      same(first, restored.generate(WARM).complete());
    }
  }

  @Test
  void savedSessionsAreRefusedByAModelWithAnotherCache() throws IOException {
    session.prompt("one two");
    Path file = folder.resolve("session");
    session.save(file);
    ModelOptions other =
        ModelOptions.builder().engine("cpu").kvFormat(KvFormat.F32).contextLength(64).build();
    try (Model another = Model.embedded(other)) {
      SessionFileException error =
          assertThrows(SessionFileException.class, () -> another.restore(file));
      assertTrue(error.getMessage().contains("format F16"), error.getMessage());
      assertEquals(0, another.cache().usedPages());
    }
  }

  @Test
  void eightSessionsAtOnceSayWhatTheyWouldSayOneAfterTheOther() throws Exception {
    List<String> alone = new ArrayList<>();
    for (String question : QUESTIONS) {
      alone.add(answer(question));
    }
    List<Callable<String>> work = new ArrayList<>();
    QUESTIONS.forEach(question -> work.add(() -> answer(question)));
    try (ExecutorService threads = Executors.newFixedThreadPool(QUESTIONS.size())) {
      List<Future<String>> together = threads.invokeAll(work);
      for (int i = 0; i < alone.size(); i++) {
        assertEquals(alone.get(i), together.get(i).get());
      }
    }
  }

  private static String answer(String question) {
    try (Session mine = model.session()) {
      mine.prompt(question(question), true);
      Completion warm = mine.generate(WARM).complete();
      Completion greedy =
          mine.generate(GenerationOptions.GREEDY.toBuilder().maxTokens(15).build()).complete();
      return warm.text() + probabilities(warm) + greedy.text();
    }
  }

  private static List<LogProbabilities> probabilities(Completion completion) {
    return completion.pieces().stream()
        .map(piece -> piece.logProbabilities().orElseThrow())
        .toList();
  }

  private static void same(Completion expected, Completion found) {
    assertEquals(expected.text(), found.text());
    assertEquals(expected.pieces(), found.pieces());
    assertEquals(probabilities(expected), probabilities(found));
  }

  @Test
  void stopStringsEndTheAnswerBeforeThem() {
    session.prompt(question("What is 345 + 87?"), true);
    Checkpoint start = session.checkpoint();
    String whole = session.generate(GenerationOptions.GREEDY).complete().text();
    for (int from = 1; from < whole.length(); from++) {
      String stop = whole.substring(from, Math.min(whole.length(), from + 3));
      session.rewind(start);
      Completion stopped =
          session
              .generate(GenerationOptions.GREEDY.toBuilder().stopStrings(stop, "§§").build())
              .complete();
      assertEquals(FinishReason.STOP_STRING, stopped.reason());
      assertEquals(whole.substring(0, whole.indexOf(stop)), stopped.text());
    }
  }

  @Test
  void textHeldBackForAStopStringComesOutAtTheEnd() {
    session.prompt(question("What is 345 + 87?"), true);
    Checkpoint start = session.checkpoint();
    String whole = session.generate(GenerationOptions.GREEDY).complete().text();
    for (int length = 1; length <= whole.length(); length++) {
      session.rewind(start);
      String stop = whole.substring(0, length) + "\u0000";
      Completion ended =
          session
              .generate(GenerationOptions.GREEDY.toBuilder().stopStrings(stop).build())
              .complete();
      assertEquals(whole, ended.text());
      assertEquals(FinishReason.END, ended.reason());
    }
  }

  @Test
  void stopTokensAndTheLargestNumberOfTokensEndTheAnswer() {
    session.prompt(question("What is 345 + 87?"), true);
    Checkpoint start = session.checkpoint();
    Completion whole = session.generate(GenerationOptions.GREEDY).complete();
    session.rewind(start);
    Completion three =
        session.generate(GenerationOptions.GREEDY.toBuilder().maxTokens(3).build()).complete();
    assertEquals(FinishReason.MAX_TOKENS, three.reason());
    assertEquals(whole.pieces().subList(0, 3), three.pieces());
    session.rewind(start);
    int third = whole.pieces().get(2).token();
    Completion stopped =
        session.generate(GenerationOptions.GREEDY.toBuilder().stopTokens(third).build()).complete();
    assertEquals(FinishReason.STOP_TOKEN, stopped.reason());
    assertTrue(whole.text().startsWith(stopped.text()));
    assertEquals(third, stopped.pieces().getLast().token());
  }

  @Test
  void breakersOfRepetitionsAreTheTokensThatContainThem() {
    Set<Integer> breakers = model.tokensContaining("\n", ":");
    for (int id = 0; id < model.tokenizer().vocabularySize(); id++) {
      String text = model.tokenizer().decode(new int[] {id}, false, false);
      assertEquals(text.contains("\n") || text.contains(":"), breakers.contains(id), text);
    }
    assertTrue(breakers.size() > 2 && breakers.size() < 1000, "found " + breakers.size());
  }

  @Test
  void probabilitiesAreThoseOfTheModel() {
    session.prompt(question("What is 345 + 87?"), true);
    Completion answer =
        session
            .generate(GenerationOptions.GREEDY.toBuilder().logProbabilities(5).build())
            .complete();
    for (Piece piece : answer.pieces()) {
      LogProbabilities found = piece.logProbabilities().orElseThrow();
      assertEquals(found.top().getFirst(), found.chosen());
      assertEquals(5, found.top().size());
      double sum = found.top().stream().mapToDouble(t -> t.probability()).sum();
      assertTrue(sum > 0.9 && sum <= 1 + 1e-6, "sum " + sum);
    }
  }
}
