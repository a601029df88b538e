package io.reelkeeper.timer;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toUnmodifiableMap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.reelkeeper.core.Backoff;
import io.reelkeeper.trail.Trail;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Every walk by its kind, and how one run of it ends.
///
/// A walk's own transaction normally sets its timer anew or cancels it, and nothing is left to do.
/// Else the row is finished here, if it is still the one that was picked: same version, still being
/// run.
@Component
class Walks {

  /// Quick at first, since most failures are a connection that broke; then slow enough to leave a
  /// database or provider in trouble alone. A walk that goes on failing stays visible every 30 s.
  private static final Backoff AFTER_FAILURE =
      Backoff.of(
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(5),
          Duration.ofSeconds(15),
          Duration.ofSeconds(30));

  private static final Logger LOG = LoggerFactory.getLogger(Walks.class);

  private final Map<String, Walk> byKind;
  private final JdbcClient jdbc;
  private final Clock clock;
  private final MeterRegistry meters;
  private final Trail trail;
  private final Timer lag;

  Walks(
      ObjectProvider<Walk> walks, JdbcClient jdbc, Clock clock, MeterRegistry meters, Trail trail) {
    this.trail = trail;
    this.byKind = walks.stream().collect(toUnmodifiableMap(Walk::kind, identity()));
    this.jdbc = jdbc;
    this.clock = clock;
    this.meters = meters;
    this.lag =
        Timer.builder("reelkeeper.timer.lag")
            .description("How late timers ran")
            .publishPercentileHistogram()
            .maximumExpectedValue(Duration.ofMinutes(1)) // later than that is "far too late"
            .register(meters);
  }

  Set<String> kinds() {
    return byKind.keySet();
  }

  /// Runs a picked timer and finishes its row, or has it come again if the walk failed.
  void run(Due due) {
    Walk walk = byKind.get(due.kind());
    if (walk == null) {
      throw new IllegalStateException("nothing serves timers of kind " + due.kind());
    }
    lag.record(Duration.between(due.at(), clock.instant()));
    try (Trail.Step step = trail.begin("walk " + due.kind()).session(sessionOf(due))) {
      var timer = new OwnTimer(due.kind(), due.instance());
      try {
        timer.during(() -> walk.run(due.instance()));
      } catch (Throwable failure) { // an Error too must not take the timer with it
        step.failed(failure);
        comesAgain(due, failure);
        return;
      }
      if (!timer.isChanged()) {
        finish(due);
      }
    }
  }

  /// Timers are named after a session, or after one of its tasks.
  private static String sessionOf(Due due) {
    int slash = due.instance().indexOf('/');
    return slash < 0 ? due.instance() : due.instance().substring(0, slash);
  }

  private void finish(Due due) {
    jdbc.sql(
            """
            delete from scheduled_tasks
            where task_name = :kind and task_instance = :instance
              and version = :version and picked
            """)
        .param("kind", due.kind())
        .param("instance", due.instance())
        .param("version", due.version())
        .update();
  }

  private void comesAgain(Due due, Throwable failure) {
    int failures = due.failures() + 1;
    Duration wait = AFTER_FAILURE.afterOrLast(failures);
    LOG.warn(
        "{} of {} failed, {} in a row; unless its timer was changed meanwhile it comes again in {}",
        due.kind(),
        due.instance(),
        failures,
        wait,
        failure);
    meters.counter("reelkeeper.timer.failures", "kind", due.kind()).increment();
    Instant now = clock.instant();
    jdbc.sql(
            """
            update scheduled_tasks set
              execution_time = :again, consecutive_failures = :failures, last_failure = :now,
              picked = false, picked_by = null, last_heartbeat = null, version = version + 1
            where task_name = :kind and task_instance = :instance
              and version = :version and picked
            """)
        .param("again", Timestamp.from(now.plus(wait)))
        .param("failures", failures)
        .param("now", Timestamp.from(now))
        .param("kind", due.kind())
        .param("instance", due.instance())
        .param("version", due.version())
        .update();
  }
}
