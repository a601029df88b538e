package io.reelkeeper.console.look;

import io.reelkeeper.session.limits.HaWatchdogs;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Whether Agora's notifications reach us.
@Component
public class NotificationHealth {

  private static final Duration WINDOW = Duration.ofHours(24);

  /// While something is recorded Agora speaks at least about its files, once a minute.
  private static final Duration SILENCE = Duration.ofMinutes(10);

  /// More lost than this is no accident on the line.
  private static final double TOLERATED_LOSS = 0.01;

  /// The figures of an App ID over the last day.
  ///
  /// @param loss the share of numbered notifications that never came, for people
  /// @param duplicates that Agora sent under several ids
  /// @param waiting taken in and not acted on yet
  /// @param strange nobody was found whom they concern
  /// @param watchdog what a missing event 13 leads to now
  /// @param troubles what is wrong, empty when nothing is
  public record Health(
      String app,
      long received,
      String loss,
      long duplicates,
      long waiting,
      long strange,
      String heard,
      String registered,
      String watchdog,
      List<EventCount> events,
      List<String> troubles) {}

  /// How often an event came.
  public record EventCount(int type, long count) {}

  private record Taken(long received, long duplicates, long waiting, long strange) {}

  private record Lost(long missing, long arrived) {

    double share() {
      return missing + arrived == 0 ? 0 : (double) missing / (missing + arrived);
    }

    String inWords() {
      return missing + arrived == 0
          ? "nothing has ended that could tell"
          : String.format(
              Locale.ROOT, "%.1f %% (%d of %d)", share() * 100, missing, missing + arrived);
    }
  }

  private record Signs(@Nullable Instant heard, @Nullable Instant registered) {}

  private final JdbcClient jdbc;
  private final HaWatchdogs watchdogs;
  private final Clock clock;

  NotificationHealth(JdbcClient jdbc, HaWatchdogs watchdogs, Clock clock) {
    this.jdbc = jdbc;
    this.watchdogs = watchdogs;
    this.clock = clock;
  }

  public List<Health> of(List<String> apps) {
    Instant now = clock.instant();
    return apps.stream().map(app -> of(app, now)).toList();
  }

  private Health of(String app, Instant now) {
    Timestamp since = Timestamp.from(now.minus(WINDOW));
    Taken taken = taken(app, since);
    Lost lost = lost(app, since);
    Signs signs = signs(app);
    HaWatchdogs.State watchdog = watchdogs.state(app);
    List<String> troubles = new ArrayList<>();
    if (isSilent(app, signs, now)) {
      troubles.add(
          signs.heard() == null
              ? "Something is recorded and no notification has ever come"
              : "Something is recorded and no notification has come for "
                  + Ages.since(signs.heard(), now));
    }
    if (lost.share() > TOLERATED_LOSS) {
      troubles.add("Notifications are lost, or events are not subscribed");
    }
    if (watchdog.trippedAt() != null) {
      troubles.add(
          "The watchdog only observes: "
              + ("no-notifications".equals(watchdog.trippedBy())
                  ? "no notification arrives"
                  : "event 13 arrives for no recorder; is it subscribed?"));
    }
    return new Health(
        app,
        taken.received(),
        lost.inWords(),
        taken.duplicates(),
        taken.waiting(),
        taken.strange(),
        ago(signs.heard(), now),
        ago(signs.registered(), now),
        watchdog.state()
            + (watchdog.trippedAt() == null
                ? ""
                : ", gave up " + Ages.full(watchdog.trippedAt()) + " UTC"),
        events(app, since),
        troubles);
  }

  private static String ago(@Nullable Instant at, Instant now) {
    return at == null ? "never" : Ages.since(at, now) + " ago";
  }

  private boolean isSilent(String app, Signs signs, Instant now) {
    Instant since = now.minus(SILENCE);
    return (signs.heard() == null || signs.heard().isBefore(since))
        && jdbc.sql(
                """
                select exists (select from task
                  where app = ? and status in ('live', 'doubtful') and confirmed_at < ?)
                """)
            .param(app)
            .param(Timestamp.from(since))
            .query(Boolean.class)
            .single();
  }

  private Taken taken(String app, Timestamp since) {
    return jdbc.sql(
            """
            select count(*) as received,
                   count(*) filter (where sid <> '') - count(distinct
                     (sid, uid, event_type, sequence, sendts)) filter (where sid <> '') as duplicates,
                   count(*) filter (where state in ('new', 'held')) as waiting,
                   count(*) filter (where state = 'strange') as strange
              from inbox where app = ? and received_at > ?
            """)
        .param(app)
        .param(since)
        .query(
            (row, _) ->
                new Taken(
                    row.getLong("received"),
                    row.getLong("duplicates"),
                    row.getLong("waiting"),
                    row.getLong("strange")))
        .single();
  }

  /// Of recordings that ended: only then it is known which numbers will never come.
  private Lost lost(String app, Timestamp since) {
    return jdbc.sql(
            """
            select coalesce(sum(missing), 0) as missing,
                   coalesce(sum((select count(distinct (uid, sequence)) from inbox i
                                  where i.sid = g.sid and i.app = g.app and sequence >= 0)), 0) as arrived
              from inbox_gap g where app = ? and counted_at > ?
            """)
        .param(app)
        .param(since)
        .query((row, _) -> new Lost(row.getLong("missing"), row.getLong("arrived")))
        .single();
  }

  private Signs signs(String app) {
    return jdbc.sql("select heard_at, registered_at from ha_watchdog where app = ?")
        .param(app)
        .query(
            (row, _) ->
                new Signs(
                    Board.instant(row.getTimestamp("heard_at")),
                    Board.instant(row.getTimestamp("registered_at"))))
        .optional()
        .orElse(new Signs(null, null));
  }

  private List<EventCount> events(String app, Timestamp since) {
    return jdbc.sql(
            """
            select event_type, count(*) as number from inbox
             where app = ? and received_at > ? group by 1 order by 1
            """)
        .param(app)
        .param(since)
        .query((row, _) -> new EventCount(row.getInt("event_type"), row.getLong("number")))
        .list();
  }
}
