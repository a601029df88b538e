package io.reelkeeper.session.limits;

import io.reelkeeper.session.machine.SessionMachine;
import io.reelkeeper.session.state.Policy;
import io.reelkeeper.session.state.Policy.HaWatchdog;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Signal.Watchdog;
import io.reelkeeper.session.state.Task;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Whether a missing event 13 means anything, judged per App ID for all replicas together.
///
/// Where notifications do not reach us, or event 13 is not subscribed, it is missing for every
/// recorder. Acting on that would double the bill of a whole fleet, so the watchdog gives up until
/// the first event 13 comes.
@Component
public class HaWatchdogs {

  /// An App ID that was sent event 13 this recently is subscribed to it.
  private static final Duration SUBSCRIBED = Duration.ofHours(24);

  /// @param state `enforce`, `observe` or `off`
  /// @param trippedAt since when it only observes although it should enforce, or null
  /// @param trippedBy `no-event-13`, `no-notifications`, or null
  public record State(String state, @Nullable Instant trippedAt, @Nullable String trippedBy) {}

  private record Row(
      @Nullable Instant heardAt,
      @Nullable Instant registeredAt,
      @Nullable Instant trippedAt,
      @Nullable String trippedBy) {

    static final Row EMPTY = new Row(null, null, null, null);
  }

  private final JdbcClient jdbc;
  private final Policy policy;

  HaWatchdogs(JdbcClient jdbc, Policy policy) {
    this.jdbc = jdbc;
    this.policy = policy;
  }

  /// Notifications of this App ID arrive.
  public void heard(String app, Instant at) {
    jdbc.sql(
            """
            insert into ha_watchdog (app, heard_at) values (:app, :at)
            on conflict (app) do update set heard_at = greatest(ha_watchdog.heard_at, :at)
            """)
        .param("app", app)
        .param("at", Timestamp.from(at))
        .update();
  }

  /// Event 13 came: whether the watchdog had given up, and is armed again by this.
  public boolean registered(String app, Instant at) {
    jdbc.sql(
            """
            insert into ha_watchdog (app, registered_at) values (:app, :at)
            on conflict (app) do update set registered_at = greatest(ha_watchdog.registered_at, :at)
            """)
        .param("app", app)
        .param("at", Timestamp.from(at))
        .update();
    return jdbc.sql(
                """
                update ha_watchdog set tripped_at = null, tripped_by = null
                 where app = ? and tripped_at is not null
                """)
            .param(app)
            .update()
        > 0;
  }

  /// The signal with what the watchdog of the session's App ID may do about it.
  public Signal.HaDue judged(Session session, Signal.HaDue due, Instant now) {
    return new Signal.HaDue(
        due.task(),
        session
            .task(due.task())
            .filter(task -> SessionMachine.lacksHa(session, task.number(), policy, now))
            .map(task -> judged(session.app(), task, now))
            .orElse(Watchdog.OBSERVES));
  }

  private Watchdog judged(String app, Task task, Instant now) {
    Row row = row(app);
    if (policy.haWatchdog() != HaWatchdog.ENFORCE || row.trippedAt != null) {
      return Watchdog.OBSERVES;
    }
    Instant started = Objects.requireNonNullElse(task.startedAt(), task.intendedAt());
    if (row.heardAt == null || row.heardAt.isBefore(started)) {
      return trip(app, "no-notifications", now);
    }
    boolean subscribed =
        row.registeredAt != null && row.registeredAt.isAfter(now.minus(SUBSCRIBED));
    return subscribed || !missedInARow(app, now)
        ? Watchdog.ENFORCES
        : trip(app, "no-event-13", now);
  }

  private boolean missedInARow(String app, Instant now) {
    return jdbc.sql(
            """
            select count(*) = :row and not bool_or(ha_registered or agora_uid is not null)
              from (select ha_registered, agora_uid from task
                     where app = :app and mode <> 'web' and started_at <= :due
                     order by started_at desc limit :row) as youngest
            """)
        .param("app", app)
        .param("due", Timestamp.from(now.minus(policy.haDeadline())))
        .param("row", policy.haTripAfter())
        .query(Boolean.class)
        .single();
  }

  /// Of several verdicts at once only one gives the alarm.
  private Watchdog trip(String app, String by, Instant now) {
    int tripped =
        jdbc.sql(
                """
                insert into ha_watchdog (app, tripped_at, tripped_by) values (:app, :at, :by)
                on conflict (app) do update set tripped_at = :at, tripped_by = :by
                 where ha_watchdog.tripped_at is null
                """)
            .param("app", app)
            .param("at", Timestamp.from(now))
            .param("by", by)
            .update();
    return tripped > 0 ? Watchdog.TRIPS : Watchdog.OBSERVES;
  }

  public State state(String app) {
    return shown(row(app));
  }

  private State shown(Row row) {
    String wanted = policy.haWatchdog().name().toLowerCase(Locale.ROOT);
    boolean tripped = policy.haWatchdog() == HaWatchdog.ENFORCE && row.trippedAt != null;
    return tripped
        ? new State("observe", row.trippedAt, row.trippedBy)
        : new State(wanted, null, null);
  }

  private Row row(String app) {
    return jdbc.sql(
            """
            select heard_at, registered_at, tripped_at, tripped_by from ha_watchdog where app = ?
            """)
        .param(app)
        .query((row, _) -> read(row))
        .optional()
        .orElse(Row.EMPTY);
  }

  private static Row read(ResultSet row) throws SQLException {
    return new Row(
        instant(row.getTimestamp("heard_at")),
        instant(row.getTimestamp("registered_at")),
        instant(row.getTimestamp("tripped_at")),
        row.getString("tripped_by"));
  }

  private static @Nullable Instant instant(@Nullable Timestamp at) {
    return Optional.ofNullable(at).map(Timestamp::toInstant).orElse(null);
  }
}
