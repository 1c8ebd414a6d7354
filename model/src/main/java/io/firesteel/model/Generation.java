package io.firesteel.model;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * An answer that is being generated, token by token as the pieces are asked for: in a for-loop, as
 * an {@link Iterator}, as a {@link Stream} or with a callback. Each of them goes on where the one
 * before stopped; to leave an answer before its end does no harm.
 *
 * <p>To ask for a piece throws {@link io.firesteel.model.kv.KvCacheFullException} or {@link
 * ContextFullException} when there is no room for another token, {@link
 * java.io.UncheckedIOException} when the engine fails, and {@link IllegalStateException} when the
 * session was closed or has gone on otherwise meanwhile. All but {@link #cancel} belong to one
 * thread.
 */
public final class Generation implements Iterable<Piece> {
  private final Session session;
  private final TokenLoop loop;
  private final List<Piece> pieces = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private final Consumer<Generation> whenFinished;
  private Piece peeked;

  Generation(Session session, TokenLoop loop, Consumer<Generation> whenFinished) {
    this.session = session;
    this.loop = loop;
    this.whenFinished = whenFinished;
  }

  /** The pieces that are still to come. */
  @Override
  public Iterator<Piece> iterator() {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return peek() != null;
      }

      @Override
      public Piece next() {
        Piece piece = peek();
        if (piece == null) {
          throw new NoSuchElementException("the answer has ended");
        }
        peeked = null;
        return piece;
      }
    };
  }

  private Piece peek() {
    if (peeked == null && loop.finished() == null) {
      peeked = loop.advance();
      if (peeked != null) {
        pieces.add(peeked);
        text.append(peeked.text());
      }
      if (loop.finished() != null) {
        whenFinished.accept(this);
      }
    }
    return peeked;
  }

  /** The pieces that are still to come. */
  public Stream<Piece> stream() {
    return StreamSupport.stream(
        Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED | Spliterator.NONNULL),
        false);
  }

  /** Generates what is still to come, and returns the whole. */
  public Completion complete() {
    return complete(piece -> {});
  }

  /**
   * Generates what is still to come, and returns the whole.
   *
   * @param listener gets each piece as soon as it is there, on this thread
   */
  public Completion complete(Consumer<? super Piece> listener) {
    iterator().forEachRemaining(listener);
    return new Completion(text.toString(), pieces, loop.finished(), statistics());
  }

  /** The text generated so far. */
  public String text() {
    return text.toString();
  }

  /** The tokens generated so far. */
  public List<Piece> pieces() {
    return List.copyOf(pieces);
  }

  /** Why the answer ended; empty as long as it has not. */
  public Optional<FinishReason> finishReason() {
    return Optional.ofNullable(loop.finished());
  }

  /** Token counts and times so far. */
  public Statistics statistics() {
    return loop.statistics();
  }

  /** Tokens that were not drawn but skipped, as the grammar left no choice. */
  public int forcedTokens() {
    return loop.forced();
  }

  /** Ends the answer soon; may be called on any thread. The session can go on from there. */
  public void cancel() {
    loop.cancel();
  }

  /** The session that generates. */
  public Session session() {
    return session;
  }
}
