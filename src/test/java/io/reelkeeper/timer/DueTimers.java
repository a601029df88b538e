package io.reelkeeper.timer;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reelkeeper.TestDatabase;
import io.reelkeeper.trail.Trail;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Optional;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Runs due timers when a test says so, with `reelkeeper.timers.live=false` and a clock of its own.
@Component
public class DueTimers {

  /// More than any test needs; a walk that keeps making itself due at once must not hang the build.
  private static final int BOUND = 10_000;

  private final JdbcClient jdbc;
  private final Walks walks;
  private final Clock clock;

  DueTimers(JdbcClient jdbc, Walks walks, Clock clock) {
    this.jdbc = jdbc;
    this.walks = walks;
    this.clock = clock;
  }

  /// For tests without an application context: nothing runs but by [#runDue()].
  public static DueTimers of(TestDatabase database, Clock clock, Walk... walks) {
    var beans = new StaticListableBeanFactory();
    for (Walk walk : walks) {
      beans.addBean(walk.kind(), walk);
    }
    var jdbc = database.jdbc();
    return new DueTimers(
        jdbc,
        new Walks(
            beans.getBeanProvider(Walk.class),
            jdbc,
            clock,
            new SimpleMeterRegistry(),
            Trail.withoutSpans()),
        clock);
  }

  /// For tests without an application context.
  public static Timers timers(TestDatabase database, Clock clock) {
    return new Timers(database.jdbc(), new Nudge(clock));
  }

  /// Runs all that is due at the clock's instant, on this thread, most urgent and then earliest
  /// first, with what the walks make due at the same instant; says how many runs that were.
  public int runDue() {
    int runs = 0;
    for (var due = pick(); due.isPresent(); due = pick()) {
      if (++runs > BOUND) {
        throw new IllegalStateException("timers make each other due without end: " + due.get());
      }
      walks.run(due.get());
    }
    return runs;
  }

  private Optional<Due> pick() {
    Timestamp now = Timestamp.from(clock.instant());
    return jdbc.sql(KnownKindsOnly.PICK)
        .params("a test", now, now, walks.kinds().toArray(String[]::new), 1)
        .query(
            (row, _) ->
                new Due(
                    row.getString("task_name"),
                    row.getString("task_instance"),
                    row.getTimestamp("execution_time").toInstant(),
                    row.getLong("version"),
                    row.getInt("consecutive_failures")))
        .optional();
  }
}
