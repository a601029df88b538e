package io.reelkeeper.timer;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.sql.Timestamp;
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
  private final JdbcClient jdbc;
  private final Walks walks;
  private final Nudge nudge;
  private final TimerSettings settings;
  private final Clock clock;

  /// Names this process, not this machine: after a crash the next process on the machine must not
  /// pass for the one that died.
  private final String replica;

  private @Nullable Scheduler scheduler;
  private @Nullable ScheduledExecutorService watch;

  LiveTimers(
      DataSource dataSource,
      JdbcClient jdbc,
      Walks walks,
      Nudge nudge,
      TimerSettings settings,
      Clock clock,
      RandomGenerator random) {
    this.dataSource = dataSource;
    this.jdbc = jdbc;
    this.walks = walks;
    this.nudge = nudge;
    this.settings = settings;
    this.clock = clock;
    this.replica =
        ProcessHandle.current().pid() + "-" + HexFormat.of().toHexDigits(random.nextLong());
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
            .heartbeatInterval(settings.heartbeat())
            .missedHeartbeatsLimit(TimerSettings.MISSED_HEARTBEATS)
            .deleteUnresolvedAfter(NEVER)
            .failureLogging(LogLevel.ERROR, true)
            .shutdownMaxWait(GLANCE) // stop() has waited already
            .build();
    starting.start();
    scheduler = starting;
    nudge.start(starting::triggerCheckForDueExecutions);
    watch =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("timer-takeover").factory());
    long every = settings.heartbeat().toNanos();
    var _ = watch.scheduleWithFixedDelay(this::takeOver, 0, every, TimeUnit.NANOSECONDS);
  }

  private Task<Void> task(String kind) {
    return Tasks.custom(kind, Void.class)
        // Not even the end of the run could be written, or another replica took it over. The row
        // stays as it is, and if it is still ours it is found dead and run again.
        .onFailure((_, _) -> {})
        .onDeadExecution((_, _) -> takeOver())
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

  /// Frees what dead replicas were running, so that whoever looks next runs it.
  ///
  /// The library looks for the dead only at every second heartbeat and frees them one by one; this
  /// is one statement at every heartbeat, which keeps a takeover within five heartbeats.
  private void takeOver() {
    try {
      int freed =
          jdbc.sql(
                  """
                  update scheduled_tasks
                  set picked = false, picked_by = null, last_heartbeat = null, version = version + 1
                  where picked and last_heartbeat <= :dead
                  """)
              .param("dead", Timestamp.from(clock.instant().minus(settings.deadAfter())))
              .update();
      if (freed > 0) {
        LOG.warn("Freed {} timers that a dead replica was running", freed);
        nudge.at(Instant.MIN);
      }
    } catch (RuntimeException e) {
      LOG.warn("Could not look for timers of dead replicas, will look again", e);
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
    if (watch != null) {
      watch.shutdownNow();
    }
    try {
      handBack();
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

  private void handBack() {
    int handedBack =
        jdbc.sql(
                """
                update scheduled_tasks
                set picked = false, picked_by = null, last_heartbeat = null, version = version + 1
                where picked_by = :replica and picked
                """)
            .param("replica", replica)
            .update();
    if (handedBack > 0) {
      LOG.warn("Handed {} timers back whose walks did not end in time", handedBack);
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return scheduler != null;
  }
}
