package io.reelkeeper.outbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.reelkeeper.outbox.Endpoint.Answer;
import io.reelkeeper.outbox.Lines.Line;
import io.reelkeeper.outbox.Subscribers.Glance;
import io.reelkeeper.trail.Trail;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// Takes every event to whom it is meant for: gives it a place, puts it into lines, tells it until
/// it is taken.
///
/// Several replicas work at once. If one dies between telling and writing down that it has told,
/// another tells it again, under the same id.
@Component
public class Courier implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Courier.class);

  /// So many events are placed or put into lines by one statement.
  private static final int BATCH = 500;

  /// So many events of one session are told before other sessions have their turn.
  private static final int TURN = 20;

  private final Outbox outbox;
  private final EventLog events;
  private final CloudEvents cloudEvents;
  private final Lines lines;
  private final Subscribers subscribers;
  private final Endpoints endpoints;
  private final OutboxSettings.Outbox settings;
  private final MeterRegistry meters;
  private final Trail trail;
  private final Clock clock;

  private final Semaphore something = new Semaphore(0);
  private final Map<String, Semaphore> hands = new TreeMap<>();
  private @Nullable Thread thread;
  private volatile boolean running;

  Courier(
      Outbox outbox,
      EventLog events,
      CloudEvents cloudEvents,
      Lines lines,
      Subscribers subscribers,
      Endpoints endpoints,
      OutboxSettings settings,
      MeterRegistry meters,
      Trail trail,
      Clock clock) {
    this.outbox = outbox;
    this.events = events;
    this.cloudEvents = cloudEvents;
    this.lines = lines;
    this.subscribers = subscribers;
    this.endpoints = endpoints;
    this.settings = settings.outbox();
    this.meters = meters;
    this.trail = trail;
    this.clock = clock;
    settings.subscribers().keySet().forEach(name -> hands.put(name, new Semaphore(hands())));
  }

  private int hands() {
    return settings.hands();
  }

  /// Places and tells everything that is due now, and returns when that is done.
  ///
  /// @return how many lines were taken
  public int runDue() {
    int taken = 0;
    for (boolean more = true; more; ) {
      more = false;
      for (Glance glance : prepared()) {
        if (glance.due()) {
          for (Line line : take(glance.name(), hands())) {
            deliver(line);
            taken++;
            more = true;
          }
        }
      }
    }
    return taken;
  }

  /// Gives places, fills lines, and says what is due then.
  private List<Glance> prepared() {
    while (events.place(BATCH) == BATCH) {
      // there may be more
    }
    List<Glance> glances = subscribers.glance(clock.instant());
    List<Glance> behind = glances.stream().filter(Glance::behind).toList();
    for (Glance one : behind) {
      EventFilter filter = subscribers.configured(one.name()).filter();
      while (lines.queue(one.name(), filter, clock.instant(), BATCH) == BATCH) {
        // there may be more
      }
    }
    return behind.isEmpty() ? glances : subscribers.glance(clock.instant());
  }

  private List<Line> take(String subscriber, int most) {
    Instant now = clock.instant();
    return lines.take(subscriber, now, now.plus(settings.lease()), most);
  }

  private void deliver(Line line) {
    try (Trail.Step _ = trail.begin("deliver").session(line.session().toString())) {
      tellEach(line);
    }
  }

  /// Tells the line's events one after the other, until one is not taken or others have their turn.
  private void tellEach(Line line) {
    EventFilter filter = subscribers.configured(line.subscriber()).filter();
    List<StoredEvent> next =
        events.of(line.session(), line.told(), line.wanted(), filter, TURN + 1);
    if (next.isEmpty()) {
      // its events are over, or not meant for it any more
      lines.told(line, line.wanted(), clock.instant(), clock.instant());
      return;
    }
    int turn = Math.min(TURN, next.size());
    for (int i = 0; i < turn; i++) {
      StoredEvent event = next.get(i);
      Answer answer = tell(line, event);
      Instant now = clock.instant();
      if (!(answer instanceof Answer.Taken)) {
        int failures = i == 0 ? line.failures() + 1 : 1;
        failed(line, event, answer, failures, now);
        return;
      }
      count(line, "delivered");
      subscribers.well(line.subscriber(), now);
      long position = i == next.size() - 1 ? line.wanted() : event.position();
      Instant leasedUntil = i == turn - 1 ? now : now.plus(settings.lease());
      if (!lines.told(line, position, now, leasedUntil)) {
        return; // somebody else has the line
      }
    }
  }

  private Answer tell(Line line, StoredEvent event) {
    try (Trail.Step step =
        trail
            .begin("webhook " + event.type())
            .session(line.session().toString())
            .app(event.app())
            .note("subscriber", line.subscriber())) {
      Answer answer =
          endpoints.of(line.subscriber()).tell(event.id().toString(), cloudEvents.json(event));
      step.note("result", answer.getClass().getSimpleName().toLowerCase(Locale.ROOT));
      return answer;
    }
  }

  /// @param failures of this event, this one included
  private void failed(Line line, StoredEvent event, Answer answer, int failures, Instant now) {
    String result = answer instanceof Answer.Forbidden ? "forbidden" : "failed";
    String why =
        switch (answer) {
          case Answer.Taken _ -> throw new IllegalArgumentException("it was taken");
          case Answer.Gone() -> "answered 410";
          case Answer.Forbidden(String reason) -> reason;
          case Answer.Failed(int _, String reason, var _) -> reason;
        };
    count(line, result);
    if (!lines.failed(line, failures, now.plus(pause(answer, failures)))) {
      return; // somebody else has the line
    }
    boolean isGone = answer instanceof Answer.Gone;
    boolean isOver = !now.isBefore(subscribers.ill(line.subscriber(), why, now).plus(patience()));
    if (isGone || isOver) {
      String because = isGone ? "gone" : "failing";
      if (subscribers.pause(line.subscriber(), because, event, now)) {
        log.warn("subscriber {} is paused: {}, it {}", line.subscriber(), because, why);
      }
    } else if (failures == settings.waits().size() + 1) {
      log.warn("subscriber {} takes others, not event {}: {}", line.subscriber(), event.id(), why);
      outbox.write(List.of(Subscribers.stuck(line, event, why, now)));
    } else if (failures == 1) {
      log.info("subscriber {} did not take event {}: {}", line.subscriber(), event.id(), why);
    }
  }

  private Duration patience() {
    return settings.patience();
  }

  /// The next wait of the list, or longer where the endpoint asks for it.
  private Duration pause(Answer answer, int failures) {
    Duration wait = settings.backoff().afterOrLast(failures);
    if (answer instanceof Answer.Failed(int _, String _, Duration wish) && wish != null) {
      return most(wait, least(wish, settings.longestWait()));
    }
    return wait;
  }

  private static Duration least(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private static Duration most(Duration a, Duration b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  private void count(Line line, String result) {
    Counter.builder("reelkeeper.deliveries")
        .description("Attempts to tell a subscriber an event, by what came of them")
        .tags("subscriber", line.subscriber(), "result", result)
        .register(meters)
        .increment();
  }

  @Override
  public void start() {
    running = true;
    if (settings.live()) {
      thread = Thread.ofVirtual().name("courier").start(this::work);
    }
  }

  private void work() {
    boolean well = true;
    while (running) {
      try {
        something.tryAcquire(settings.poll().toNanos(), TimeUnit.NANOSECONDS);
        something.drainPermits();
        prepared().stream().filter(Glance::due).forEach(glance -> handOut(glance.name()));
        well = true;
      } catch (RuntimeException | Error e) { // the next look may go better
        if (well && running) {
          log.warn("events cannot be told, and are tried again", e);
        }
        well = false;
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /// Gives each free hand a line; takes no more than there are hands, because what is taken and
  /// waits could be told by another replica.
  private void handOut(String subscriber) {
    Semaphore free = freeHands(subscriber);
    int most = free.drainPermits();
    int used = 0;
    try {
      for (Line line : most == 0 ? List.<Line>of() : take(subscriber, most)) {
        Thread.ofVirtual().name("courier-" + subscriber).start(() -> deliverAndReturn(line, free));
        used++;
      }
    } finally {
      free.release(most - used);
    }
  }

  private void deliverAndReturn(Line line, Semaphore free) {
    try {
      deliver(line);
    } catch (RuntimeException | Error e) {
      // the line stays taken until the lease is over, and comes again
      log.warn("events of {} for {} were not told", line.session(), line.subscriber(), e);
    } finally {
      free.release();
      something.release();
    }
  }

  private Semaphore freeHands(String subscriber) {
    Semaphore free = hands.get(subscriber);
    if (free == null) {
      throw new IllegalArgumentException("no subscriber '" + subscriber + "'");
    }
    return free;
  }

  @Override
  public void stop() {
    running = false;
    something.release();
    try {
      if (thread != null) {
        thread.join(settings.lease());
      }
      // what is on its way ends; what does not is told again by somebody else after the lease
      for (Semaphore free : hands.values()) {
        if (free.tryAcquire(hands(), settings.lease().toNanos(), TimeUnit.NANOSECONDS)) {
          free.release(hands());
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /// Starts before the web server and stops after it, so that what the last request has done is
  /// told.
  @Override
  public int getPhase() {
    return 0;
  }
}
