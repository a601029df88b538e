package io.reelkeeper.notification;

import io.reelkeeper.core.Backoff;
import io.reelkeeper.notification.Counts.Result;
import io.reelkeeper.notification.Inbox.Entry;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.Sessions.Route;
import io.reelkeeper.session.limits.HaWatchdogs;
import io.reelkeeper.session.state.Notice;
import io.reelkeeper.session.state.Signal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/// Tells sessions what the inbox holds: soon after it came, and again until somebody is found whom
/// it concerns.
///
/// Several replicas work at once. Who takes a notice has it for the time of a lease; if it dies in
/// between, the notice is told twice, which sessions notice.
@Component
public class InboxPump implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(InboxPump.class);

  /// A start whose answer is lost is given up after some ten seconds, and then its sid is wanted at
  /// once: it may lie here.
  private static final Duration SOON = Duration.ofSeconds(1);

  /// Longer than all tries of a start together: four time-outs of ten seconds and the pauses.
  private static final Duration START_TAKES = Duration.ofMinutes(2);

  /// The start that a notice belongs to is answered within seconds; after that only another
  /// replica, a lost answer or an operator can bring its session.
  private static final Backoff WAITS =
      Backoff.of(
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofSeconds(15),
          Duration.ofMinutes(1),
          Duration.ofMinutes(10),
          Duration.ofHours(1));

  /// Telling one recording takes milliseconds; one that waits for a row this long keeps the others
  /// back no longer.
  private static final Duration TURN = Duration.ofMillis(500);

  /// Counting what is missing is never urgent.
  private static final Duration COUNT_EVERY = Duration.ofMinutes(1);

  private final Inbox inbox;
  private final Gaps gaps;
  private final Counts counts;
  private final NotificationSettings.Inbox settings;
  private final Clock clock;
  private final BiFunction<String, Notice, Route> route;
  private final BiConsumer<UUID, Notice> tell;
  private final BiConsumer<String, Instant> heard;

  private final Semaphore something = new Semaphore(0);
  private final AtomicInteger arriving = new AtomicInteger();
  private final ReentrantLock oneByOne = new ReentrantLock();
  private Instant counted = Instant.EPOCH;
  private @Nullable Thread thread;
  private volatile boolean running;

  @Autowired
  InboxPump(
      Inbox inbox,
      Gaps gaps,
      Counts counts,
      NotificationSettings settings,
      Clock clock,
      Sessions sessions,
      HaWatchdogs watchdogs) {
    this(
        inbox,
        gaps,
        counts,
        settings,
        clock,
        sessions::route,
        (session, notice) -> sessions.apply(session, new Signal.Noticed(notice)),
        watchdogs::heard);
  }

  InboxPump(
      Inbox inbox,
      Gaps gaps,
      Counts counts,
      NotificationSettings settings,
      Clock clock,
      BiFunction<String, Notice, Route> route,
      BiConsumer<UUID, Notice> tell,
      BiConsumer<String, Instant> heard) {
    this.inbox = inbox;
    this.gaps = gaps;
    this.counts = counts;
    this.settings = settings.inbox();
    this.clock = clock;
    this.route = route;
    this.tell = tell;
    this.heard = heard;
  }

  /// Tells everything that is due now, and returns when that is done.
  ///
  /// @return how many notices were taken
  public int runDue() {
    int taken = 0;
    List<Entry> batch;
    do {
      Instant now = clock.instant();
      batch = inbox.take(now, now.plus(settings.lease()), settings.batch());
      hear(batch);
      tellAll(batch);
      taken += batch.size();
    } while (batch.size() == settings.batch());
    return taken;
  }

  /// There is something new: do not wait for the next look.
  void wake() {
    something.release();
  }

  /// A notice waits for its acknowledgement, until [#arrived()]. Agora sends it again if that takes
  /// long, and gives up after three tries, whereas what is kept can wait: meanwhile one recording
  /// is told after the other, which leaves processors and database to the acknowledgements.
  void arriving() {
    arriving.incrementAndGet();
  }

  void arrived() {
    arriving.decrementAndGet();
  }

  /// That anything comes at all means something too.
  private void hear(List<Entry> batch) {
    batch.stream()
        .filter(entry -> !NoticeReader.isForeign(entry))
        .collect(Collectors.toMap(Entry::app, Entry::receivedAt, (a, b) -> a.isAfter(b) ? a : b))
        .forEach(heard);
  }

  /// The notices of one recording in order, different recordings at once.
  private void tellAll(List<Entry> batch) {
    Map<String, List<Entry>> recordings =
        batch.stream()
            .collect(
                Collectors.groupingBy(
                    entry -> entry.sid().isEmpty() ? entry.noticeId() : entry.sid(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    try (var hands = Executors.newFixedThreadPool(settings.hands(), Thread.ofVirtual().factory())) {
      List<Callable<Boolean>> work = recordings.values().stream().map(this::tellingEach).toList();
      for (Future<Boolean> done : hands.invokeAll(work)) {
        if (done.state() == Future.State.FAILED) {
          // its notices stay taken until the lease is over, and come again
          log.error("notices could not be settled", done.exceptionNow());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Callable<Boolean> tellingEach(List<Entry> entries) {
    return () -> {
      boolean myTurn = arriving.get() > 0 && oneByOne.tryLock(TURN.toNanos(), TimeUnit.NANOSECONDS);
      try {
        entries.forEach(this::tell);
      } finally {
        if (myTurn) {
          oneByOne.unlock();
        }
      }
      return true;
    };
  }

  private void tell(Entry entry) {
    try {
      if (NoticeReader.isForeign(entry)) {
        inbox.strange(entry, clock.instant());
        return;
      }
      Notice notice = NoticeReader.read(entry);
      switch (route.apply(entry.app(), notice)) {
        case Route.To(UUID session) -> {
          tell.accept(session, notice);
          inbox.done(entry, clock.instant());
        }
        case Route.Later _ when isYoung(entry) -> inbox.hold(entry, clock.instant().plus(SOON));
        default -> waitForSomebody(entry);
      }
    } catch (RuntimeException e) {
      if (entry.tries() == 1) {
        log.warn(
            "notice {} of {} could not be told, and is held", entry.noticeId(), entry.app(), e);
      }
      inbox.hold(entry, clock.instant().plus(WAITS.afterOrLast(entry.tries())));
    }
  }

  private boolean isYoung(Entry entry) {
    return clock.instant().isBefore(entry.receivedAt().plus(START_TAKES));
  }

  private void waitForSomebody(Entry entry) {
    Instant now = clock.instant();
    if (now.isBefore(entry.receivedAt().plus(settings.hold()))) {
      inbox.hold(entry, now.plus(WAITS.afterOrLast(entry.tries())));
    } else if (inbox.strange(entry, now)) {
      counts.notice(entry.app(), entry.eventType(), Result.STRANGE);
      log.warn(
          "notice {} of {} concerns nobody: event {}, sid {}",
          entry.noticeId(),
          entry.app(),
          entry.eventType(),
          entry.sid());
    }
  }

  @Override
  public void start() {
    running = true;
    if (settings.live()) {
      thread = Thread.ofVirtual().name("inbox-pump").start(this::work);
    }
  }

  private void work() {
    boolean well = true;
    while (running) {
      try {
        something.tryAcquire(settings.poll().toNanos(), TimeUnit.NANOSECONDS);
        something.drainPermits();
        runDue();
        countGaps();
        well = true;
      } catch (RuntimeException | Error e) { // the next look may go better
        if (well && running) {
          log.warn("the inbox cannot be worked through, and is tried again", e);
        }
        well = false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void countGaps() {
    Instant now = clock.instant();
    if (!now.isBefore(counted.plus(COUNT_EVERY))) {
      counted = now;
      gaps.count(now);
    }
  }

  @Override
  public void stop() {
    running = false;
    something.release();
    if (thread != null) {
      try {
        // what it has begun ends; what it does not reach is taken by somebody else after the lease
        thread.join(settings.lease());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /// Starts before the web server and stops after it, so that whatever came is still told.
  @Override
  public int getPhase() {
    return 0;
  }
}
