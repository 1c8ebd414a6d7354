package io.firesteel.model;

import io.firesteel.model.engine.DecodeRequest;
import io.firesteel.model.engine.DeviceDecoder;
import io.firesteel.model.engine.EngineException;
import io.firesteel.model.engine.KvStorage;
import io.firesteel.model.kv.PageCopy;
import io.firesteel.model.kv.PagePool;
import io.firesteel.model.kv.PageTable;
import io.firesteel.model.sampling.History;
import io.firesteel.model.sampling.Sampler;
import io.firesteel.model.sampling.SamplingParameters;
import io.firesteel.model.sampling.TokenMask;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/**
 * Tokens and their keys and values. All tokens but the last are in the cache; the last is fed when
 * the next one is wanted. So whatever follows a given state is computed in the same steps, whether
 * the state was reached directly, by rewinding, by forking or from a file. A device that draws
 * under masks feeds the last one early, in the same step as otherwise.
 *
 * <p>Not safe for use by several threads at once, except {@link #cancel}.
 */
final class Sequence implements AutoCloseable {
  /** Most tokens that are decoded on the device before the host looks at them. */
  static final int DEVICE_RUN = 16;

  /** What {@code next} returns when it was cancelled. */
  static final int CANCELLED = -1;

  private final Scheduler scheduler;
  private final int contextLength;
  private final Work.Participant participant = new Work.Participant();
  private final PageTable pages;
  private final float[] logits;
  private final BitSet drawn;
  private int[] tokens;
  private int length;
  private int cached;
  private int[] ahead = new int[0];
  private int aheadTaken;
  private boolean logitsAreCurrent;
  private volatile boolean cancelled;
  private volatile Work current;

  Sequence(Scheduler scheduler, PagePool pool, int contextLength) {
    this(scheduler, new PageTable(pool), contextLength, new int[16], 0, new BitSet());
  }

  private Sequence(
      Scheduler scheduler,
      PageTable pages,
      int contextLength,
      int[] tokens,
      int length,
      BitSet drawn) {
    this.scheduler = scheduler;
    this.pages = pages;
    this.contextLength = contextLength;
    this.tokens = tokens;
    this.length = length;
    this.drawn = drawn;
    this.logits = new float[scheduler.engine().vocabulary()];
  }

  int length() {
    return length;
  }

  /** Tokens whose keys and values were found in the prefix cache. */
  int cachedTokens() {
    return cached;
  }

  int contextLength() {
    return contextLength;
  }

  int vocabulary() {
    return logits.length;
  }

  /** A hash of the first tokens. */
  long hash(int count) {
    long hash = count;
    for (int i = 0; i < count; i++) {
      hash = (hash ^ tokens[i]) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 31;
    }
    return hash;
  }

  int[] tokens() {
    return Arrays.copyOf(tokens, length);
  }

  int token(int index) {
    return tokens[index];
  }

  /** For each token, whether it was drawn and not given. */
  BitSet drawnMarks() {
    return (BitSet) drawn.clone();
  }

  /** Whether the token at an index was drawn and not given. */
  boolean wasDrawn(int index) {
    return drawn.get(index);
  }

  /** Number of tokens drawn so far. */
  long draws() {
    return drawn.cardinality();
  }

  /** Logits that the last token was drawn from, or null if they never left the device. */
  float[] logits() {
    return logitsAreCurrent ? logits : null;
  }

  /** Positions in the cache: all but the last token's. */
  int positions() {
    return Math.max(0, length - 1);
  }

  /** Pages of the positions in the cache. */
  int[] pages() {
    dropAhead();
    return pages.pages();
  }

  /** How urgent its work is against that of other sequences. */
  void priority(Priority priority) {
    participant.priority(priority);
  }

  /** Allows the next operations after a {@link #cancel}. */
  void begin() {
    cancelled = false;
  }

  /** Makes an operation under way end soon; may be called on any thread. */
  void cancel() {
    cancelled = true;
    Work work = current;
    if (work != null) {
      work.cancel();
    }
  }

  boolean cancelled() {
    return cancelled;
  }

  /** Ends an answer; what was computed for it may serve other sequences that begin alike. */
  void finishAnswer() {
    settle();
    pages.publish(tokens);
  }

  /** Leaves what was drawn ahead, and tells the scheduler not to wait. */
  void settle() {
    dropAhead();
    scheduler.rest(participant);
  }

  /**
   * Appends tokens and computes all but the last.
   *
   * @return whether it was done; false if it was cancelled, and then nothing is changed
   */
  boolean feed(int[] ids) throws EngineException {
    dropDrawnAhead();
    if (ids.length > contextLength - length) {
      throw new ContextFullException(ids.length, length, contextLength);
    }
    int lengthBefore = length;
    int positionsBefore = positions();
    boolean done = false;
    append(ids);
    try {
      if (lengthBefore == 0) {
        cached = pages.adopt(tokens, length - 1);
      }
      done = length - 1 <= pages.length() || compute(length - 1 - pages.length(), null);
      if (done) {
        pages.publish(tokens);
      }
      return done;
    } finally {
      if (!done) {
        length = lengthBefore;
        pages.truncate(positionsBefore);
      }
    }
  }

  /**
   * Appends tokens, and fills the cache for all but the last with copies of its first page.
   *
   * @throws IllegalStateException if the first page is not full
   */
  void fill(int[] ids) throws IOException {
    dropAhead();
    if (ids.length > contextLength - length) {
      throw new ContextFullException(ids.length, length, contextLength);
    }
    KvStorage kv = scheduler.engine().kv();
    int filled = pages.length();
    if (filled < kv.layout().pageTokens()) {
      throw new IllegalStateException(
          "the cache has %d positions, expected a first page of %d to copy"
              .formatted(filled, kv.layout().pageTokens()));
    }
    pages.append(ids.length).ifPresent(PageCopy::close);
    append(ids);
    int[] all = pages.pages();
    scheduler.call(
        () -> {
          for (int page = filled / kv.layout().pageTokens(); page < all.length; page++) {
            if (all[page] != all[0]) {
              kv.copy(all[0], all[page]);
            }
          }
          return null;
        });
  }

  private void append(int... ids) {
    if (length + ids.length > tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.max(length + ids.length, 2 * tokens.length));
    }
    System.arraycopy(ids, 0, tokens, length, ids.length);
    length += ids.length;
  }

  /** Feeds the tokens that are not in the cache yet; false if it was cancelled. */
  private boolean compute(int count, float[] wanted) throws EngineException {
    int first = pages.length();
    Optional<PageCopy> copy = pages.append(count);
    int[] fed = Arrays.copyOfRange(tokens, first, first + count);
    Work work = Work.feed(participant, fed, first, pages.pages(), copy, wanted);
    run(work);
    return work.remaining() == 0;
  }

  private void run(Work work) throws EngineException {
    current = work;
    try {
      if (cancelled) {
        work.cancel();
      }
      scheduler.run(work);
    } finally {
      current = null;
    }
  }

  /**
   * Draws the next token and appends it.
   *
   * @param most number of tokens that may be drawn on the device before the host sees them
   * @param stopTokens tokens after which nothing more is wanted
   * @param needsLogits whether {@link #logits} will be asked for
   * @return the token, or {@link #CANCELLED}
   */
  int next(
      Sampler sampler,
      SamplingParameters parameters,
      int most,
      int[] stopTokens,
      boolean needsLogits)
      throws EngineException {
    requirePrompt();
    if (cancelled) {
      return CANCELLED;
    }
    if (aheadTaken < ahead.length) {
      return commit(ahead[aheadTaken++]);
    }
    dropAhead();
    requireRoom();
    boolean onDevice = !needsLogits && decoder(parameters).isPresent();
    return onDevice ? nextOnDevice(parameters, most, stopTokens) : nextOnHost(sampler, null);
  }

  /**
   * Draws the next token among some, and appends it.
   *
   * @param allowed the tokens that may be drawn
   * @param needsLogits whether {@link #logits} will be asked for
   * @return the token, or {@link #CANCELLED}
   */
  int next(Sampler sampler, SamplingParameters parameters, TokenMask allowed, boolean needsLogits)
      throws EngineException {
    requirePrompt();
    dropDrawnAhead();
    if (cancelled) {
      return CANCELLED;
    }
    requireRoom();
    boolean onDevice =
        !needsLogits && decoder(parameters).filter(DeviceDecoder::supportsMasks).isPresent();
    return onDevice ? nextOnDevice(parameters, allowed) : nextOnHost(sampler, allowed);
  }

  private void requirePrompt() {
    if (length == 0) {
      throw new IllegalStateException("the session is empty: give it a prompt first");
    }
  }

  private void requireRoom() {
    if (length > contextLength) {
      throw new ContextFullException(1, length - 1, contextLength);
    }
  }

  /** What can draw on the device now; empty while other sequences are at work. */
  private Optional<DeviceDecoder> decoder(SamplingParameters parameters) {
    return scheduler
        .engine()
        .deviceDecoder()
        .filter(decoder -> decoder.supports(parameters) && scheduler.alone(participant));
  }

  private int nextOnHost(Sampler sampler, TokenMask allowed) throws EngineException {
    dropAhead();
    int before = pages.length();
    boolean done = false;
    try {
      done = compute(1, logits);
    } finally {
      if (!done) {
        pages.truncate(before);
      }
    }
    logitsAreCurrent = done;
    if (!done) {
      return CANCELLED;
    }
    try {
      History history = new History(tokens, length);
      return commit(
          allowed == null
              ? sampler.sample(logits, 0, history, draws())
              : sampler.sample(logits, 0, history, draws(), allowed));
    } catch (RuntimeException e) {
      pages.truncate(before);
      throw e;
    }
  }

  private int nextOnDevice(SamplingParameters parameters, int most, int[] stopTokens)
      throws EngineException {
    int room = Math.min(contextLength - pages.length(), Math.max(1, pages.available()));
    int count = Math.min(Math.min(most, DEVICE_RUN), room);
    ahead = runOnDevice(parameters, count, stopTokens, null);
    aheadTaken = Math.min(1, ahead.length);
    return ahead.length == 0 ? CANCELLED : commit(ahead[0]);
  }

  /** Draws one token; where there is room it is fed at once, while the next mask is looked for. */
  private int nextOnDevice(SamplingParameters parameters, TokenMask allowed)
      throws EngineException {
    int have = pages.length() - positions();
    int room = Math.min(contextLength - positions(), Math.max(1, have + pages.available()));
    int[] drawnNow = runOnDevice(parameters, Math.min(2, room), new int[0], allowed);
    return drawnNow.length == 0 ? CANCELLED : commit(drawnNow[0]);
  }

  /** Draws tokens on the device; none if it was cancelled. */
  private int[] runOnDevice(
      SamplingParameters parameters, int count, int[] stopTokens, TokenMask allowed)
      throws EngineException {
    int before = positions();
    logitsAreCurrent = false;
    Optional<PageCopy> copy = pages.append(before + count - pages.length());
    int lookBack = parameters.lookBack();
    int from = lookBack < 0 ? 0 : Math.max(0, length - lookBack);
    DecodeRequest request =
        new DecodeRequest(
            tokens[length - 1],
            before,
            pages.pages(),
            count,
            parameters,
            Arrays.copyOfRange(tokens, from, length),
            draws(),
            stopTokens);
    Work work = Work.run(participant, request, allowed, copy);
    boolean done = false;
    try {
      run(work);
      done = work.remaining() == 0;
    } finally {
      pages.truncate(done ? before + (allowed == null ? work.drawn().length : count) : before);
    }
    return done ? work.drawn() : new int[0];
  }

  private int commit(int token) {
    drawn.set(length);
    append(token);
    return token;
  }

  /** Forgets what was computed beyond what every sequence in this place has in the cache. */
  private void dropAhead() {
    dropAhead(positions());
  }

  /** Forgets tokens that were drawn on the device but not asked for; the last one may be fed. */
  private void dropDrawnAhead() {
    dropAhead(aheadTaken < ahead.length ? positions() : length);
  }

  private void dropAhead(int kept) {
    pages.truncate(Math.min(pages.length(), kept));
    ahead = new int[0];
    aheadTaken = 0;
  }

  /** Forgets all tokens from {@code newLength} on. */
  void truncate(int newLength) {
    length = newLength;
    drawn.clear(newLength, Integer.MAX_VALUE);
    dropAhead();
    logitsAreCurrent = false;
  }

  /** A sequence with the same tokens, sharing all pages. */
  Sequence fork() {
    dropAhead();
    return new Sequence(scheduler, pages.fork(), contextLength, tokens(), length, drawnMarks());
  }

  /**
   * Takes over saved tokens into an empty sequence, and reserves their pages, which are returned.
   */
  int[] restore(int[] savedTokens, BitSet savedMarks) {
    append(savedTokens);
    drawn.or(savedMarks);
    pages.append(positions()).ifPresent(PageCopy::close);
    return pages.pages();
  }

  @Override
  public void close() {
    settle();
    pages.close();
  }
}
