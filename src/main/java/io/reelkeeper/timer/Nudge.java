package io.reelkeeper.timer;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Wakes this replica's look at the table when a timer set here falls due.
///
/// It promises nothing: a nudge lost with the process is made up for by the poll.
@Component
class Nudge {

  /// What is due later is left to the poll: that long ahead, being one poll late means nothing, and
  /// the timer may be set anew many times until then.
  private static final Duration AHEAD = Duration.ofSeconds(5);

  private record Live(Runnable look, ScheduledExecutorService clockwork) {}

  private final Clock clock;

  /// Milliseconds for which a look is planned already: many timers, one look.
  private final Set<Long> planned = ConcurrentHashMap.newKeySet();

  private volatile @Nullable Live live;

  Nudge(Clock clock) {
    this.clock = clock;
  }

  /// From now on nudges call `look`, which returns at once.
  void start(Runnable look) {
    live =
        new Live(
            look,
            Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("timer-nudge").factory()));
  }

  void stop() {
    Live was = live;
    live = null;
    if (was != null) {
      was.clockwork().shutdownNow();
      planned.clear();
    }
  }

  /// Asks for a look at the table at this time, or at once if it has passed.
  void at(Instant due) {
    Live now = live;
    if (now == null) {
      return;
    }
    var wait = Duration.between(clock.instant(), due);
    if (!wait.isPositive()) {
      now.look().run();
    } else if (wait.compareTo(AHEAD) < 0) {
      plan(now, due, wait);
    }
  }

  private void plan(Live now, Instant due, Duration wait) {
    long millisecond =
        due.toEpochMilli() + 1; // the end of its millisecond: a look must not be early
    if (!planned.add(millisecond)) {
      return;
    }
    try {
      var _ =
          now.clockwork()
              .schedule(
                  () -> {
                    planned.remove(millisecond);
                    now.look().run();
                  },
                  wait.toNanos() + TimeUnit.MILLISECONDS.toNanos(1),
                  TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException _) {
      planned.remove(millisecond); // just stopped: the poll of another replica finds the timer
    }
  }
}
