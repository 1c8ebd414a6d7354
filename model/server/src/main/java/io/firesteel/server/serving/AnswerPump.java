package io.firesteel.server.serving;

import io.firesteel.model.AnswerEvent;
import io.firesteel.model.AnswerStream;
import io.firesteel.model.Answers;
import io.firesteel.server.http.Exchange;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Pulls the answers to a request, each on a virtual thread of its own, and hands their events to
 * the one thread that talks to the client. In between, that thread looks whether the client is
 * still there. Answers do not run ahead of a slow client by more than a few events.
 */
public final class AnswerPump implements AutoCloseable {
  private static final int EVENTS_AHEAD = 256;
  private static final Duration LONGEST_END = Duration.ofSeconds(30);
  private static final Duration LOOK_AT_CLIENT = Duration.ofMillis(50);
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

  /**
   * What happened.
   *
   * @param choice index over all answers of the request
   * @param event of that choice
   */
  public record ChoiceEvent(int choice, AnswerEvent event) {}

  /** Gets the events. */
  @FunctionalInterface
  public interface Sink {
    /** An event. */
    void accept(ChoiceEvent event);
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final Condition notFull = lock.newCondition();
  private final Deque<ChoiceEvent> events = new ArrayDeque<>();
  private final CutOff cutOff;
  private final List<Answers> answers;
  private final List<Thread> threads = new ArrayList<>();
  private int running;
  private RuntimeException failure;
  private boolean closed;

  private AnswerPump(CutOff cutOff, List<Answers> answers) {
    this.cutOff = cutOff;
    this.answers = List.copyOf(answers);
  }

  /** Begins to pull answers of a model, which the pump closes. */
  public static AnswerPump start(ServedModel served, List<Answers> answers) {
    AnswerPump pump = new AnswerPump(served.cutOff(), answers);
    pump.begin();
    return pump;
  }

  private void begin() {
    List<AnswerStream> streams = answers.stream().flatMap(each -> each.choices().stream()).toList();
    running = streams.size();
    for (int i = 0; i < streams.size(); i++) {
      int choice = i;
      threads.add(
          Thread.ofVirtual()
              .name("answer " + choice)
              .start(() -> pull(choice, streams.get(choice))));
    }
  }

  private void pull(int choice, AnswerStream stream) {
    RuntimeException problem = null;
    try {
      for (AnswerEvent event : stream) {
        if (!offer(new ChoiceEvent(choice, event))) {
          break;
        }
      }
    } catch (RuntimeException e) {
      problem = e;
    } finally {
      ended(problem);
    }
  }

  private boolean offer(ChoiceEvent event) {
    lock.lock();
    try {
      while (!closed && events.size() >= EVENTS_AHEAD) {
        notFull.awaitUninterruptibly();
      }
      events.add(event);
      notEmpty.signal();
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void ended(RuntimeException problem) {
    lock.lock();
    try {
      running--;
      if (failure == null) {
        failure = problem;
      }
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Hands on all events, in the order in which they happen.
   *
   * @param whileWaiting called every few seconds in which nothing happens
   * @throws io.firesteel.server.http.ClientGoneException if the client goes away
   * @throws io.firesteel.server.http.HttpError if the server stops
   * @throws RuntimeException if an answer fails: what it failed with
   */
  public void forEach(Exchange exchange, Runnable whileWaiting, Sink sink) {
    long quietSince = System.nanoTime();
    long looked = quietSince;
    while (true) {
      cutOff.check();
      ChoiceEvent event = poll();
      if (System.nanoTime() - looked > LOOK_AT_CLIENT.toNanos()) {
        exchange.requireClient(); // events may never cease, and nothing be written meanwhile
        looked = System.nanoTime();
      }
      if (event != null) {
        sink.accept(event);
        quietSince = System.nanoTime();
      } else if (finished()) {
        return;
      } else if (System.nanoTime() - quietSince > KEEP_ALIVE.toNanos()) {
        whileWaiting.run();
        quietSince = System.nanoTime();
      }
    }
  }

  private ChoiceEvent poll() {
    lock.lock();
    try {
      long left = LOOK_AT_CLIENT.toNanos();
      while (events.isEmpty() && running > 0 && failure == null && left > 0) {
        left = notEmpty.awaitNanos(left);
      }
      if (failure != null) {
        throw failure;
      }
      ChoiceEvent event = events.poll();
      notFull.signal();
      return event;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the server stops", e);
    } finally {
      lock.unlock();
    }
  }

  private boolean finished() {
    lock.lock();
    try {
      return running == 0 && events.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Ends what is still under way and frees what it holds. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
    answers.forEach(Answers::close);
    threads.forEach(AnswerPump::join);
  }

  private static void join(Thread thread) {
    try {
      thread.join(LONGEST_END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
