package io.reelkeeper.timer;

import com.github.kagkarlsson.scheduler.CurrentlyExecuting;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Runs due timers while the service is up: db-scheduler, set up.
@Component
@ConditionalOnBooleanProperty(name = "reelkeeper.timers.live", matchIfMissing = true)
class LiveTimers implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(LiveTimers.class);

  /// The library deletes timers of kinds that it does not know, after this time. Never: a version
  /// that was rolled back may come again.
  private static final Duration NEVER = Duration.ofDays(36_500);

  /// How often a stop looks whether the last walk has ended.
  private static final Duration GLANCE = Duration.ofMillis(20);

  private final DataSource dataSource;
  private final Walks walks;
  private final Nudge nudge;
  private final TimerSettings settings;
  private final Clock clock;

  /// Names this process, not this machine: after a crash the next process on the machine must not
  /// pass for the one that died.
  private final String replica;

  private final Picked picked;

  private @Nullable Scheduler scheduler;
  private @Nullable ScheduledExecutorService heart;

  LiveTimers(
      DataSource dataSource,
      JdbcClient jdbc,
      Walks walks,
      Nudge nudge,
      TimerSettings settings,
      Clock clock,
      RandomGenerator random) {
    this.dataSource = dataSource;
    this.walks = walks;
    this.nudge = nudge;
    this.settings = settings;
    this.clock = clock;
    this.replica =
        ProcessHandle.current().pid() + "-" + HexFormat.of().toHexDigits(random.nextLong());
    this.picked = new Picked(jdbc, replica, settings.deadAfter());
  }

  /// After the web server on the way up; on the way down after the requests in flight have been
  /// answered, for they may wait for a walk, and before the server goes.
  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 1536; // Boot: drain at -1024, server at -2048
  }

  @Override
  public synchronized void start() {
    Scheduler starting =
        Scheduler.create(dataSource, walks.kinds().stream().<Task<?>>map(this::task).toList())
            .schedulerName(new SchedulerName.Fixed(replica))
            .clock(clock::instant)
            .jdbcCustomization(new KnownKindsOnly(walks.kinds()))
            .executorService(
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("walk-", 0).factory()))
            .threads(settings.threads())
            // As many are picked as may run, never more: what is picked here and waits could run
            // on another replica. With half of them free again the next are fetched at once.
            .pollUsingLockAndFetch(0.5, 1.0)
            .enablePriority()
            .pollingInterval(settings.pollEvery())
            .heartbeatInterval(NEVER) // see beat()
            .deleteUnresolvedAfter(NEVER)
            .failureLogging(LogLevel.ERROR, true)
            .shutdownMaxWait(GLANCE) // stop() has waited already
            .build();
    starting.start();
    scheduler = starting;
    nudge.start(starting::triggerCheckForDueExecutions);
    heart =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("timer-heartbeat").factory());
    var _ =
        heart.scheduleWithFixedDelay(
            () -> beat(starting), 0, settings.heartbeat().toNanos(), TimeUnit.NANOSECONDS);
  }

  private Task<Void> task(String kind) {
    return Tasks.custom(kind, Void.class)
        // Not even the end of the run could be written, or another replica took it over. The row
        // stays as it is, and if it is still ours it is found dead and run again.
        .onFailure((_, _) -> {})
        .execute(
            (_, context) -> {
              walks.run(due(context.getExecution()));
              return (_, _) -> {}; // Walks has written the end
            });
  }

  private static Due due(Execution execution) {
    return new Due(
        execution.getTaskName(),
        execution.getId(),
        execution.executionTime,
        execution.version,
        execution.consecutiveFailures);
  }

  /// First keeps alive what runs here, however long it had to wait for that: a replica never takes
  /// its own walks for dead and runs them a second time.
  ///
  /// The library would keep them alive one by one, so that a hundred walks on a slow database lost
  /// their rows, and look for the dead only at every second heartbeat; this keeps a takeover within
  /// five heartbeats.
  private void beat(Scheduler scheduler) {
    Instant now = clock.instant(); // for both: the process may stand still between them
    try {
      picked.alive(
          scheduler.getCurrentlyExecuting().stream().map(CurrentlyExecuting::getExecution).toList(),
          now);
      int freed = picked.freeThoseOfTheDead(now);
      if (freed > 0) {
        LOG.warn("Freed {} timers that a dead replica was running", freed);
        nudge.at(Instant.MIN);
      }
    } catch (RuntimeException e) {
      LOG.warn("Could not say what runs here and look for timers of the dead, will do so again", e);
    }
  }

  /// Picks nothing more, lets walks finish for a while, and hands the rest back.
  @Override
  public synchronized void stop() {
    Scheduler stopping = scheduler;
    if (stopping == null) {
      return;
    }
    scheduler = null;
    nudge.stop();
    stopping.pause();
    awaitWalks(stopping);
    if (heart != null) {
      heart.shutdownNow();
    }
    try {
      int handedBack = picked.handBack();
      if (handedBack > 0) {
        LOG.warn("Handed {} timers back whose walks did not end in time", handedBack);
      }
    } catch (RuntimeException e) {
      LOG.warn("Could not hand timers back; the heartbeats that end will tell the others", e);
    }
    stopping.stop(); // interrupts what still runs
  }

  private void awaitWalks(Scheduler stopping) {
    long until = System.nanoTime() + settings.stopWithin().toNanos();
    while (!running(stopping).isEmpty() && System.nanoTime() < until) {
      LockSupport.parkNanos(GLANCE.toNanos());
    }
  }

  private static List<?> running(Scheduler scheduler) {
    return scheduler.getCurrentlyExecuting();
  }

  @Override
  public synchronized boolean isRunning() {
    return scheduler != null;
  }
}
