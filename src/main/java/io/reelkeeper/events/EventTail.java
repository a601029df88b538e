package io.reelkeeper.events;

import io.reelkeeper.outbox.EventFilter;
import io.reelkeeper.outbox.EventLog;
import io.reelkeeper.outbox.StoredEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// The youngest events in memory, read once for all streams of this replica.
///
/// A stream that is further behind reads the database itself, page by page. No stream has a buffer
/// of its own: it remembers how far it is, and takes when it can send.
@Component
class EventTail implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(EventTail.class);

  /// So many events are kept in memory; a burst that is larger is read again from the database.
  private static final int KEPT = 1_000;

  /// A session of days tells hundreds of files with each of its events; so many characters are
  /// kept.
  private static final long KEPT_CHARACTERS = 16_000_000;

  /// So many events are read at once; what a stream that is behind holds in memory.
  private static final int PAGE = 50;

  /// Events for a stream.
  ///
  /// @param upTo what lies up to here has been looked at
  record Slice(List<StoredEvent> events, long upTo) {}

  private final EventLog events;
  private final Duration poll;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private final Condition readersCame = lock.newCondition();
  private final Deque<StoredEvent> recent = new ArrayDeque<>();

  /// All events after this position and up to `head` are in memory.
  private long from;

  private long head;
  private long characters;
  private int readers;
  private @Nullable Thread thread;
  private volatile boolean running;

  EventTail(EventLog events, StreamSettings settings) {
    this.events = events;
    this.poll = settings.poll();
  }

  /// From now on events are read.
  void join() {
    lock.lock();
    try {
      if (readers == 0) {
        recent.clear();
        characters = 0;
        head = events.head();
        from = head;
      }
      readers++;
      readersCame.signal();
    } finally {
      lock.unlock();
    }
  }

  void leave() {
    lock.lock();
    try {
      readers--;
    } finally {
      lock.unlock();
    }
  }

  /// What comes after a position; waits for it, but not for longer than said.
  Slice after(long position, EventFilter filter, Duration atMost) throws InterruptedException {
    long upTo;
    lock.lock();
    try {
      long left = atMost.toNanos();
      while (running && head <= position && left > 0) {
        left = moved.awaitNanos(left);
      }
      if (head <= position) {
        return new Slice(List.of(), position);
      }
      upTo = head;
      if (position >= from) {
        List<StoredEvent> found =
            recent.stream()
                .filter(event -> event.position() > position && filter.matches(event))
                .toList();
        return new Slice(found, upTo);
      }
    } finally {
      lock.unlock();
    }
    List<StoredEvent> found = events.after(position, upTo, filter, PAGE);
    return new Slice(found, found.size() == PAGE ? found.getLast().position() : upTo);
  }

  private void work() {
    boolean well = true;
    while (running) {
      try {
        read(awaitReaders());
        well = true;
      } catch (RuntimeException | Error e) { // the next look may go better
        if (well && running) {
          log.warn("events for streams cannot be read, and are tried again", e);
        }
        well = false;
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /// Waits until it is time to look, and somebody is there.
  ///
  /// @return how far events are known
  private long awaitReaders() throws InterruptedException {
    lock.lock();
    try {
      while (running && readers == 0) {
        readersCame.await();
      }
      long left = poll.toNanos();
      while (running && left > 0) {
        left = moved.awaitNanos(left);
      }
      return head;
    } finally {
      lock.unlock();
    }
  }

  private void read(long known) {
    List<StoredEvent> page;
    do {
      page = events.after(known, Long.MAX_VALUE, new EventFilter(null, List.of(), null), PAGE);
      known = page.isEmpty() ? known : take(page, known);
    } while (running && page.size() == PAGE);
  }

  private long take(List<StoredEvent> page, long known) {
    lock.lock();
    try {
      if (head == known) { // else the streams have left and others have come meanwhile
        recent.addAll(page);
        page.forEach(event -> characters += event.data().length());
        head = page.getLast().position();
        while (recent.size() > KEPT || characters > KEPT_CHARACTERS) {
          StoredEvent oldest = recent.removeFirst();
          characters -= oldest.data().length();
          from = oldest.position();
        }
        moved.signalAll();
      }
      return head;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofVirtual().name("event-tail").start(this::work);
  }

  @Override
  public void stop() {
    running = false;
    Thread stopping = thread;
    if (stopping != null) {
      stopping.interrupt();
    }
    lock.lock();
    try {
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /// Streams end before the server waits for requests that are under way: they never would.
  @Override
  public int getPhase() {
    return DEFAULT_PHASE;
  }
}
