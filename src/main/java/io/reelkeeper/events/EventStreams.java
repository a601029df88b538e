package io.reelkeeper.events;

import io.reelkeeper.api.access.Caller;
import io.reelkeeper.api.problem.Problem;
import io.reelkeeper.api.problem.ProblemException;
import io.reelkeeper.outbox.CloudEvents;
import io.reelkeeper.outbox.EventFilter;
import io.reelkeeper.outbox.StoredEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/// The streams of this replica: each is a virtual thread that sends what its client can take.
@Component
class EventStreams {

  private static final Logger log = LoggerFactory.getLogger(EventStreams.class);

  private final EventTail tail;
  private final CloudEvents cloudEvents;
  private final StreamSettings settings;

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Integer> open = new HashMap<>();

  EventStreams(EventTail tail, CloudEvents cloudEvents, StreamSettings settings) {
    this.tail = tail;
    this.cloudEvents = cloudEvents;
    this.settings = settings;
  }

  /// The events after a position, for as long as the client takes them.
  ///
  /// @param hangUp closes the client's connection. An end in good order would wait behind what the
  ///     client does not take
  Flux<ServerSentEvent<String>> after(
      long position, EventFilter filter, Caller caller, Runnable hangUp) {
    // never more than is asked for, so nothing is ever buffered here
    return Flux.create(
        sink -> {
          if (!enter(caller)) {
            sink.error(tooMany());
            return;
          }
          var stream = new Stream(sink, position, filter, hangUp);
          Thread thread =
              Thread.ofVirtual()
                  .name("stream-" + caller.name())
                  .unstarted(
                      () -> {
                        try {
                          stream.run();
                        } finally {
                          leave(caller);
                        }
                      });
          sink.onDispose(thread::interrupt);
          thread.start();
        },
        FluxSink.OverflowStrategy.ERROR);
  }

  private boolean enter(Caller caller) {
    lock.lock();
    try {
      int all = open.values().stream().mapToInt(Integer::intValue).sum();
      int own = open.getOrDefault(caller.name(), 0);
      if (all >= settings.most() || own >= settings.perKey()) {
        return false;
      }
      open.put(caller.name(), own + 1);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void leave(Caller caller) {
    lock.lock();
    try {
      open.computeIfPresent(caller.name(), (_, own) -> own == 1 ? null : own - 1);
    } finally {
      lock.unlock();
    }
  }

  private ProblemException tooMany() {
    return new ProblemException(
            Problem.TOO_MANY_STREAMS,
            "At most %d streams for one key, and %d for all, are open at a time."
                .formatted(settings.perKey(), settings.most()))
        .header(HttpHeaders.RETRY_AFTER, "5");
  }

  private final class Stream {

    private final FluxSink<ServerSentEvent<String>> sink;
    private final EventFilter filter;
    private final Runnable hangUp;
    private final Semaphore asked = new Semaphore(0);
    private long position;
    private long sentAt;

    Stream(
        FluxSink<ServerSentEvent<String>> sink,
        long position,
        EventFilter filter,
        Runnable hangUp) {
      this.hangUp = hangUp;
      this.sink = sink;
      this.position = position;
      this.filter = filter;
      sink.onRequest(_ -> asked.release());
    }

    void run() {
      boolean joined = false;
      try {
        tail.join();
        joined = true;
        beat(); // whoever is cut off before the first event resumes from here
        while (!sink.isCancelled() && tail.isRunning()) {
          goOn();
        }
        sink.complete();
      } catch (TooSlow _) {
        log.info("a stream ended: its client took nothing for {}", settings.patience());
        hangUp.run();
      } catch (InterruptedException _) {
        sink.complete(); // the client has left
      } catch (RuntimeException e) {
        if (!sink.isCancelled()) {
          sink.error(e); // the client comes again, and resumes
        }
      } finally {
        if (joined) {
          tail.leave();
        }
      }
    }

    private void goOn() throws InterruptedException, TooSlow {
      long silent = System.nanoTime() - sentAt;
      EventTail.Slice slice = tail.after(position, filter, settings.heartbeat().minusNanos(silent));
      for (StoredEvent event : slice.events()) {
        send(
            ServerSentEvent.builder(cloudEvents.json(event))
                .id(String.valueOf(event.position()))
                .event(event.type())
                .build());
      }
      position = slice.upTo();
      if (System.nanoTime() - sentAt >= settings.heartbeat().toNanos()) {
        beat();
      }
    }

    /// A comment that keeps the line open, with the position that the stream is at.
    private void beat() throws InterruptedException, TooSlow {
      send(ServerSentEvent.<String>builder().id(String.valueOf(position)).comment("alive").build());
    }

    private void send(ServerSentEvent<String> event) throws InterruptedException, TooSlow {
      while (sink.requestedFromDownstream() == 0) {
        if (!asked.tryAcquire(settings.patience().toNanos(), TimeUnit.NANOSECONDS)) {
          throw new TooSlow();
        }
      }
      sink.next(event);
      sentAt = System.nanoTime();
    }
  }

  private static final class TooSlow extends Exception {
    private static final long serialVersionUID = 1L;
  }
}
