package io.firesteel.model;

import io.firesteel.model.engine.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One conversation with a {@link Model}: its tokens and what the model computed for them.
 *
 * <pre>{@code
 * try (Session session = model.session()) {
 *   session.prompt("Once upon a time");
 *   for (Piece piece : session.generate()) {
 *     System.out.print(piece.text());
 *   }
 * }
 * }</pre>
 *
 * <p>Sessions of one model may run on several threads at once; their steps are batched. One session
 * may be used by several threads too, one after the other: each call waits for the one before.
 * {@link #cancel} and {@link #close} may be called at any time. After {@link #close} every call
 * throws {@link IllegalStateException}.
 *
 * <p>Calls that compute throw {@link UncheckedIOException} if the engine fails.
 */
public final class Session implements AutoCloseable {
  private final Model model;
  private final Sequence sequence;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean closing;
  private boolean closed;
  private final AtomicLong epoch = new AtomicLong();
  private int promptTokens;
  private long promptNanos;

  Session(Model model, Sequence sequence) {
    this.model = model;
    this.sequence = sequence;
  }

  /** The model that this session talks to. */
  public Model model() {
    return model;
  }

  /**
   * Appends text, and computes it. The first text of a session gets the tokens before it that the
   * model wants; texts of control tokens stay plain text.
   *
   * @return this session
   * @throws ContextFullException if the session has too few positions left; it stays as it was
   * @throws io.firesteel.model.kv.KvCacheFullException if the cache has too few left; the session
   *     stays as it was
   * @throws CancellationException if it is cancelled; the session stays as it was
   */
  public Session prompt(String text) {
    return prompt(text, false);
  }

  /**
   * Appends text, and computes it.
   *
   * @param parseSpecial whether texts of control tokens, such as {@code <|im_start|>}, become those
   *     tokens; never for text from outside
   * @return this session
   * @see #prompt(String)
   */
  public Session prompt(String text, boolean parseSpecial) {
    lock.lock();
    try {
      requireOpen();
      boolean addSpecial = sequence.length() == 0;
      return prompt(model.tokenizer().encode(text, addSpecial, parseSpecial));
    } finally {
      lock.unlock();
    }
  }

  /**
   * Appends tokens, and computes them.
   *
   * @return this session
   * @throws IllegalArgumentException if an id is not in the vocabulary
   * @see #prompt(String)
   */
  public Session prompt(int... tokens) {
    requireTokens(tokens);
    lock.lock();
    try {
      begin();
      long start = System.nanoTime();
      if (!sequence.feed(tokens)) {
        requireOpen();
        throw new CancellationException(
            "the prompt was cancelled; the session is as it was before");
      }
      promptTokens += tokens.length;
      promptNanos += System.nanoTime() - start;
      return this;
    } catch (EngineException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Appends tokens without computing them: keys and values of the session's first page stand in for
   * theirs. What follows costs as much time as after a computed prompt of the same length and means
   * nothing: for measuring speed at a depth.
   *
   * @return this session
   * @throws ContextFullException if the session has too few positions left
   * @throws IllegalStateException if the session has fewer computed tokens than a page holds
   */
  public Session fill(int... tokens) {
    requireTokens(tokens);
    lock.lock();
    try {
      begin();
      sequence.fill(tokens);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  private void requireTokens(int[] tokens) {
    for (int token : tokens) {
      if (token < 0 || token >= sequence.vocabulary()) {
        throw new IllegalArgumentException(
            "token %d is not in the vocabulary, expected 0 to %d"
                .formatted(token, sequence.vocabulary() - 1));
      }
    }
  }

  /** Generates an answer with {@link GenerationOptions#DEFAULT}. */
  public Generation generate() {
    return generate(GenerationOptions.DEFAULT);
  }

  /**
   * Generates an answer, token by token as the result is iterated. Another call to this session,
   * other than to read from it, ends the answer.
   *
   * @throws IllegalStateException if the session is empty
   */
  public Generation generate(GenerationOptions options) {
    return generate(options, generation -> {});
  }

  Generation generate(GenerationOptions options, Consumer<Generation> whenFinished) {
    lock.lock();
    try {
      begin();
      if (sequence.length() == 0) {
        throw new IllegalStateException("the session is empty: give it a prompt first");
      }
      TokenLoop loop =
          new TokenLoop(this, sequence, options, epoch.get(), promptTokens, promptNanos);
      promptTokens = 0;
      promptNanos = 0;
      return new Generation(this, loop, whenFinished);
    } finally {
      lock.unlock();
    }
  }

  /** Runs a step of a generation, which must be the session's latest. */
  <T> T during(long generation, Supplier<T> step) {
    lock.lock();
    try {
      requireOpen();
      if (epoch.get() != generation) {
        throw new IllegalStateException(
            "the session has gone on since this answer began: generate another");
      }
      T result = step.get();
      requireOpen();
      return result;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends the prompt or answer under way soon; may be called on any thread. Without one it does
   * nothing.
   */
  public void cancel() {
    sequence.cancel();
  }

  void cancel(long generation) {
    if (epoch.get() == generation) {
      sequence.cancel();
    }
  }

  /**
   * Says how urgent this session's work is against that of others; {@link Priority#NORMAL} at
   * first.
   */
  public Session priority(Priority priority) {
    sequence.priority(priority);
    return this;
  }

  /** Tokens of the prompts that were taken from the prefix cache instead of being computed. */
  public int cachedTokens() {
    return locked(sequence::cachedTokens);
  }

  /** Number of tokens, prompts and answers together. */
  public int length() {
    return locked(sequence::length);
  }

  /** All tokens, prompts and answers together. */
  public int[] tokens() {
    return locked(sequence::tokens);
  }

  /** The text of all tokens, control tokens included. */
  public String text() {
    return model.tokenizer().decode(tokens(), false, true);
  }

  /** Positions that the session may have. */
  public int contextLength() {
    return sequence.contextLength();
  }

  /** The present state, to go back to with {@link #rewind(Checkpoint)}. */
  public Checkpoint checkpoint() {
    return locked(() -> new Checkpoint(sequence.length(), sequence.hash(sequence.length())));
  }

  /**
   * Goes back to an earlier state. What follows is, to the bit, what would have followed then.
   *
   * @throws IllegalStateException if the session no longer begins with the tokens it had then
   */
  public void rewind(Checkpoint checkpoint) {
    lock.lock();
    try {
      requireOpen();
      if (checkpoint.length() > sequence.length()
          || checkpoint.hash() != sequence.hash(checkpoint.length())) {
        throw new IllegalStateException(
            "the session no longer begins with the %,d tokens of the checkpoint; to keep two continuations, fork it"
                .formatted(checkpoint.length()));
      }
      rewind(checkpoint.length());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Forgets the latest tokens.
   *
   * @param length number of tokens to keep, 0 to {@link #length}
   */
  public void rewind(int length) {
    lock.lock();
    try {
      requireOpen();
      if (length < 0 || length > sequence.length()) {
        throw new IllegalArgumentException(
            "rewind to %d tokens, expected 0 to %d".formatted(length, sequence.length()));
      }
      epoch.incrementAndGet();
      sequence.truncate(length);
    } finally {
      lock.unlock();
    }
  }

  /**
   * A second session in the same state. Both share their memory until they differ.
   *
   * @return a session to be closed by itself
   */
  public Session fork() {
    return locked(() -> model.adopt(sequence.fork()));
  }

  /**
   * Saves the session: tokens, what was computed for them, and where sampling stands. The file
   * comes into being whole or not at all.
   *
   * @param file to create or to replace; its folder must exist
   * @throws io.firesteel.loader.file.DiskFullException if there is no room
   * @see Model#restore
   */
  public void save(Path file) throws IOException {
    lock.lock();
    try {
      requireOpen();
      model.files().save(sequence, file);
    } finally {
      lock.unlock();
    }
  }

  /** Takes over a saved session's state into this one, which is empty. */
  Session restore(Path file) throws IOException {
    lock.lock();
    try {
      requireOpen();
      model.files().restore(sequence, file);
      return this;
    } finally {
      lock.unlock();
    }
  }

  private <T> T locked(Supplier<T> body) {
    lock.lock();
    try {
      requireOpen();
      return body.get();
    } finally {
      lock.unlock();
    }
  }

  private void begin() {
    requireOpen();
    epoch.incrementAndGet();
    sequence.begin();
    requireOpen(); // a close in between has had its cancellation undone
  }

  private void requireOpen() {
    if (closing || closed) {
      throw new IllegalStateException("the session is closed");
    }
  }

  /**
   * Frees what the session holds. A prompt or answer under way on another thread ends first, with
   * an {@link IllegalStateException} there.
   */
  @Override
  public void close() {
    closing = true;
    sequence.cancel();
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        sequence.close();
        model.forget(this);
      }
    } finally {
      lock.unlock();
    }
  }
}
