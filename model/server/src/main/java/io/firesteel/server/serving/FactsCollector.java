package io.firesteel.server.serving;

import io.firesteel.model.AnswerEvent;
import io.firesteel.model.Usage;
import io.firesteel.server.http.AnswerFacts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Gathers what is recorded of the answers to a request. */
public final class FactsCollector {
  private final long start = System.nanoTime();
  private final Map<Integer, Usage> usages = new HashMap<>();
  private final List<Duration> gaps = new ArrayList<>();
  private Duration firstToken;
  private int thinkingTokens;

  /** Takes an event. */
  public void accept(AnswerPump.ChoiceEvent event) {
    if (firstToken == null && !(event.event() instanceof AnswerEvent.End)) {
      firstToken = Duration.ofNanos(System.nanoTime() - start);
    }
    if (event.event() instanceof AnswerEvent.Thinking thinking) {
      thinkingTokens += thinking.pieces().size();
    }
    if (event.event() instanceof AnswerEvent.End end) {
      Usage usage = end.usage();
      usages.put(event.choice(), usage);
      if (usage.answerTokens() > 1) {
        gaps.add(usage.laterTokensTime().dividedBy(usage.answerTokens() - 1));
      }
    }
  }

  /** Tokens of the prompt; answers to the same prompt count it once. */
  public int promptTokens(int choicesOfEach) {
    return usages.entrySet().stream()
        .filter(entry -> entry.getKey() % choicesOfEach == 0)
        .mapToInt(entry -> entry.getValue().promptTokens())
        .sum();
  }

  /** Tokens of the prompt that had been computed before. */
  public int cachedTokens(int choicesOfEach) {
    return usages.entrySet().stream()
        .filter(entry -> entry.getKey() % choicesOfEach == 0)
        .mapToInt(entry -> entry.getValue().cachedTokens())
        .sum();
  }

  /** Tokens generated, all choices together. */
  public int answerTokens() {
    return usages.values().stream().mapToInt(Usage::answerTokens).sum();
  }

  /** Those of the generated tokens that are thoughts. */
  public int thinkingTokens() {
    return thinkingTokens;
  }

  /** The record. */
  public AnswerFacts facts(int choicesOfEach, String finish) {
    Optional<Duration> between =
        gaps.isEmpty()
            ? Optional.empty()
            : Optional.of(
                gaps.stream().reduce(Duration.ZERO, Duration::plus).dividedBy(gaps.size()));
    return new AnswerFacts(
        promptTokens(choicesOfEach),
        cachedTokens(choicesOfEach),
        answerTokens(),
        Optional.ofNullable(firstToken),
        between,
        finish);
  }
}
