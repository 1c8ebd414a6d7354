package io.firesteel.model;

import io.firesteel.model.kv.KvCacheFullException;
import io.firesteel.model.template.Answer;
import io.firesteel.model.template.AnswerParser;
import io.firesteel.model.template.AnswerPart;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * One answer to an {@link AnswerRequest}, generated as its events are asked for. All but {@link
 * #cancel} belong to one thread; the streams of a request may be read on different threads at once.
 *
 * <p>To ask for an event throws {@link java.io.UncheckedIOException} when the engine fails and
 * {@link IllegalStateException} when the model is closed.
 */
public final class AnswerStream implements Iterable<AnswerEvent> {
  private final Answers answers;
  private final int index;
  private final Optional<AnswerParser> parser;
  private final Deque<AnswerEvent> ready = new ArrayDeque<>();
  private final List<Piece> unreported = new ArrayList<>();
  private final List<Piece> pieces = new ArrayList<>();
  private final List<AnswerPart> parts = new ArrayList<>();
  private int calls;
  private Generation generation;
  private AnswerEvent.End end;

  AnswerStream(Answers answers, int index, Optional<AnswerParser> parser) {
    this.answers = answers;
    this.index = index;
    this.parser = parser;
  }

  /** Which of the request's answers this is, from 0. */
  public int index() {
    return index;
  }

  /** The events that are still to come. */
  @Override
  public Iterator<AnswerEvent> iterator() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        while (ready.isEmpty() && end == null) {
          advance();
        }
        return !ready.isEmpty();
      }

      @Override
      public AnswerEvent next() {
        if (!hasNext()) {
          throw new NoSuchElementException("the answer has ended");
        }
        return ready.poll();
      }
    };
  }

  private void advance() {
    if (generation == null) {
      Optional<Generation> begun = answers.begin(index);
      if (begun.isEmpty()) {
        finish(answers.reasonToStop());
        return;
      }
      generation = begun.get();
    }
    FinishReason reason = step();
    if (reason != null) {
      finish(reason);
    }
  }

  /** Takes the next piece; returns why the answer has ended, or null. */
  private FinishReason step() {
    try {
      Iterator<Piece> tokens = generation.iterator();
      if (tokens.hasNext()) {
        Piece piece = tokens.next();
        pieces.add(piece);
        unreported.add(piece);
        take(piece.text());
      }
      return generation.finishReason().orElse(null);
    } catch (ContextFullException | KvCacheFullException e) {
      return FinishReason.NO_ROOM;
    } catch (IllegalStateException e) {
      if (answers.isCancelled()) {
        return answers.reasonToStop();
      }
      throw e;
    }
  }

  private void take(String text) {
    if (parser.isEmpty()) {
      if (!text.isEmpty()) {
        report(List.of(new AnswerPart.Text(text)));
      }
    } else {
      report(parser.get().feed(text));
    }
  }

  private void report(List<AnswerPart> arrived) {
    for (AnswerPart part : arrived) {
      switch (part) {
        case AnswerPart.Text text -> {
          parts.add(text);
          ready.add(new AnswerEvent.Text(text.text(), reported()));
        }
        case AnswerPart.Reasoning thought -> {
          parts.add(thought);
          ready.add(new AnswerEvent.Thinking(thought.text(), reported()));
        }
        case AnswerPart.Call call -> {
          AnswerPart.Call named = answers.withId(call);
          parts.add(named);
          ready.add(new AnswerEvent.Call(calls++, named.call()));
        }
        case AnswerPart.Malformed malformed -> {
          parts.add(malformed);
          ready.add(new AnswerEvent.Malformed(malformed.text(), malformed.problem()));
        }
      }
    }
  }

  private List<Piece> reported() {
    List<Piece> all = List.copyOf(unreported);
    unreported.clear();
    return all;
  }

  private void finish(FinishReason reason) {
    parser.ifPresent(open -> report(open.finish()));
    end = new AnswerEvent.End(reason, usage());
    ready.add(end);
    answers.ended(index);
  }

  private Usage usage() {
    Statistics statistics =
        generation == null
            ? new Statistics(0, Duration.ZERO, 0, Duration.ZERO, Duration.ZERO)
            : generation.statistics();
    return answers.usage(statistics, generation == null ? 0 : generation.forcedTokens());
  }

  /** Generates what is still to come, and returns the whole. */
  public AnswerResult complete() {
    Iterator<AnswerEvent> events = iterator();
    while (events.hasNext()) {
      events.next();
    }
    Answer answer = Answer.of(parts);
    return new AnswerResult(
        answer.toMessage(), end.reason(), end.usage(), pieces, answer.problems());
  }

  /** Ends this answer and the others of its request soon; may be called on any thread. */
  public void cancel() {
    answers.cancel();
  }
}
