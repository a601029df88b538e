package io.reelkeeper.session;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.reelkeeper.core.Figures;
import io.reelkeeper.session.limits.HaWatchdogs;
import io.reelkeeper.session.limits.Workers;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Task;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// How many sessions and recorders there are, counted in the database for all replicas together.
@Component
class SessionMeters {

  private record Count(String app, String state, long number) {}

  private final JdbcClient jdbc;
  private final Workers limits;
  private final Figures sessions;
  private final Figures workers;
  private final Figures unknown;
  private final Figures watchdogs;
  private final Figures proofs;
  private final Clock clock;
  private final HaWatchdogs states;

  private final MeterRegistry meters;

  SessionMeters(
      JdbcClient jdbc, Workers limits, HaWatchdogs states, Clock clock, MeterRegistry meters) {
    this.clock = clock;
    this.states = states;
    this.meters = meters;
    this.jdbc = jdbc;
    this.limits = limits;
    this.sessions = new Figures("reelkeeper.sessions", null, "Sessions that are not over", meters);
    this.workers =
        new Figures("reelkeeper.workers", null, "Recorders at Agora: limit and in use", meters);
    this.unknown =
        new Figures("reelkeeper.unknown.starts", null, "Starts whose outcome is not known", meters);
    this.proofs =
        new Figures(
            "reelkeeper.proof.age",
            "seconds",
            "How long ago the live recording that waits longest was last proven",
            meters);
    this.watchdogs =
        new Figures(
            "reelkeeper.ha.watchdog", null, "1 for the state that the watchdog is in", meters);
    // a counter that begins at 1 has never risen, as far as an alert can see
    limits
        .apps()
        .forEach(
            app ->
                Stream.of(Task.Cause.values())
                    .filter(cause -> cause != Task.Cause.REQUESTED)
                    .forEach(cause -> replacements(app, cause)));
  }

  private Counter replacements(String app, Task.Cause cause) {
    return Counter.builder("reelkeeper.task.replacements")
        .description("Recorders that took over, by what was wrong with the one before")
        .tags("app", app, "cause", cause.word())
        .register(meters);
  }

  /// Counts what a committed move at this time has begun.
  void applied(Session session, Instant now) {
    Task youngest = session.tasks().getLast();
    if (youngest.cause() != Task.Cause.REQUESTED && youngest.intendedAt().equals(now)) {
      replacements(session.app(), youngest.cause()).increment();
    }
  }

  @Scheduled(fixedDelayString = "${reelkeeper.gauges-every:10s}")
  void count() {
    List<Count> open =
        counts(
            """
            select app, status, count(*) from session
             where status not in ('stopped', 'failed') group by app, status
            """);
    List<Count> lost =
        counts(
            "select app, status, count(*) from task where status = 'unknown' group by app, status");
    for (String app : limits.apps()) {
      for (Session.Status status : Session.Status.values()) {
        if (!status.isFinal()) {
          sessions.set(
              Tags.of("app", app, "status", status.word()), number(open, app, status.word()));
        }
      }
      limits
          .figures(app)
          .forEach(it -> workers.set(Tags.of("app", it.app(), "state", it.state()), it.number()));
      unknown.set(Tags.of("app", app), number(lost, app, "unknown"));
    }
  }

  /// Grows beyond the monitor interval where the requests per second do not suffice.
  @Scheduled(fixedDelayString = "${reelkeeper.gauges-every:10s}")
  void age() {
    Map<String, Double> oldest =
        jdbc
            .sql(
                """
                select app, extract(epoch from cast(? as timestamptz) - min(proven_at)) as age
                  from task where status = 'live' group by app
                """)
            .param(clock.instant().toString())
            .query((row, _) -> Map.entry(row.getString("app"), row.getDouble("age")))
            .list()
            .stream()
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    limits.apps().forEach(app -> proofs.set(Tags.of("app", app), oldest.getOrDefault(app, 0.0)));
  }

  /// 1 for the state that the watchdog of event 13 is in, 0 for the others.
  @Scheduled(fixedDelayString = "${reelkeeper.gauges-every:10s}")
  void look() {
    for (String app : limits.apps()) {
      String current = states.state(app).state();
      for (String state : List.of("enforce", "observe", "off")) {
        watchdogs.set(Tags.of("app", app, "state", state), state.equals(current) ? 1 : 0);
      }
    }
  }

  private static long number(List<Count> counts, String app, String state) {
    return counts.stream()
        .filter(it -> it.app.equals(app) && it.state.equals(state))
        .mapToLong(Count::number)
        .sum();
  }

  private List<Count> counts(String sql) {
    return jdbc.sql(sql)
        .query((row, _) -> new Count(row.getString(1), row.getString(2), row.getLong(3)))
        .list();
  }
}
