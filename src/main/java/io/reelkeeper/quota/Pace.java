package io.reelkeeper.quota;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The row of one App ID: the pace that all replicas share.
final class Pace {

  /// What was booked.
  sealed interface Booking {

    /// Slots, the earliest first.
    record Turns(List<Turn> turns) implements Booking {}

    /// Nothing: the polls have had their share.
    record ShareUsed(Duration free) implements Booking {}
  }

  /// A slot that was booked.
  ///
  /// @param number among all of the App ID
  /// @param due its `nanoTime`
  record Turn(long number, long due) {}

  /// A request that leaves within this time of its slot needs no telling.
  static final Duration PUNCTUAL = Duration.ofMillis(10);

  /// See the package's doc: what varies on the way may take up the rest.
  private static final double MARGIN = 0.95;

  /// Of ten requests a second eight are needed to ask 960 recordings every two minutes, and some
  /// more to catch up where several are due at once; 9.02 they are. What is left keeps replicas
  /// from booking polls ahead of each other's commands.
  private static final double POLL_SHARE = 0.95;

  /// One statement may serve many waiters at a high rate, yet what is booked can no longer be given
  /// to another replica's command: a twentieth of a second is not felt.
  private static final Duration LOOK_AHEAD = Duration.ofMillis(50);

  /// After a 429: silence for as long as the window that was overrun, then half the pace for long
  /// enough to see whether it was a matter of pace at all.
  private static final String SILENCE = "interval '1 second'";

  private static final String SLOW = "interval '30 seconds'";

  /// No honest booking lies that far ahead (a 429's second, a few slots per replica): the
  /// database's clock was set back, and must not shut the App ID until it is where it was.
  private static final String ABSURD = "make_interval(secs => 10 + 20 * :step)";

  /// The first slot that can be had; with its lock the row is read anew, and the clock after that.
  private static final String FIRST =
      """
      greatest(clock_timestamp() + make_interval(secs => :lead),
               case when next_at < clock_timestamp() + %1$s then next_at end,
               (select max(not_before) from quota_late late
                where late.app = quota_pace.app and slot < quota_pace.booked + :count
                  and not_before < clock_timestamp() + %1$s))
      """
          .formatted(ABSURD);

  /// It waits for the disk: a server that is killed is back within a third of a second, when what
  /// was booked before still counts.
  private static final String BOOK =
      """
      update quota_pace set
        next_at = %1$s + :count * %2$s,
        booked = booked + :count,
        next_poll_at = case when :poll then %1$s + :count * %2$s / :share else next_poll_at end,
        minute = date_trunc('minute', clock_timestamp()),
        used = :count + case
          when minute = date_trunc('minute', clock_timestamp()) then used else 0 end,
        used_before = case
          when minute = date_trunc('minute', clock_timestamp()) then used_before
          when minute = date_trunc('minute', clock_timestamp()) - interval '1 minute' then used
          else 0 end
      where app = :app
        and (not :poll or next_poll_at <= %1$s
             or next_poll_at > clock_timestamp() + %3$s)
      returning next_at, booked, extract(epoch from %2$s) as step, clock_timestamp() as now
      """
          .formatted(
              FIRST,
              """
              make_interval(secs => case
                when slowed_until > clock_timestamp() then 2 * :step else :step end)\
              """,
              ABSURD);

  private final JdbcClient jdbc;
  private final DatabaseClock databaseClock;
  private final String app;
  private final double requestsPerSecond;

  Pace(JdbcClient jdbc, DatabaseClock databaseClock, String app, double requestsPerSecond) {
    this.jdbc = jdbc;
    this.databaseClock = databaseClock;
    this.app = app;
    this.requestsPerSecond = requestsPerSecond;
  }

  /// Between two requests, while not slowed.
  Duration step() {
    return seconds(stepSeconds());
  }

  /// Between two polls.
  Duration pollStep() {
    return seconds(stepSeconds() / POLL_SHARE);
  }

  private double stepSeconds() {
    return 1 / (MARGIN * requestsPerSecond);
  }

  private static Duration seconds(double seconds) {
    return Duration.ofNanos(Math.round(seconds * 1e9));
  }

  /// Books slots for this many waiters, or for as many as may be looked ahead; at least one.
  ///
  /// @param lead how far ahead the first must lie, for a database whose answers take their time
  Booking book(int waiters, boolean poll, Duration lead) {
    long within = Math.max(1, LOOK_AHEAD.dividedBy(step()));
    int count = (int) Math.min(waiters, within);
    while (true) {
      long sent = System.nanoTime();
      var slots =
          jdbc.sql(BOOK)
              .param("app", app)
              .param("count", count)
              .param("poll", poll)
              .param("step", stepSeconds())
              .param("share", POLL_SHARE)
              .param("lead", lead.toNanos() / 1e9)
              .query((row, _) -> slots(row, count, sent))
              .optional();
      if (slots.isPresent()) {
        return slots.get();
      }
      var shareUsed = shareUsed();
      if (shareUsed.isPresent()) {
        return shareUsed.get();
      }
      create();
    }
  }

  private Booking slots(ResultSet row, int count, long sent) throws SQLException {
    long received = System.nanoTime();
    databaseClock.heard(nanos(row.getTimestamp("now")), sent, received);
    long end = nanos(row.getTimestamp("next_at"));
    long booked = row.getLong("booked");
    long step = Math.round(row.getDouble("step") * 1e9);
    return new Booking.Turns(
        LongStream.range(booked - count, booked)
            .mapToObj(
                number -> new Turn(number, databaseClock.local(end - (booked - number) * step)))
            .toList());
  }

  private static long nanos(Timestamp timestamp) {
    Instant instant = timestamp.toInstant();
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }

  private Optional<Booking> shareUsed() {
    return jdbc.sql(
            """
            select extract(epoch from next_poll_at - clock_timestamp()) as free
            from quota_pace where app = :app
            """)
        .param("app", app)
        .query((row, _) -> (Booking) new Booking.ShareUsed(seconds(Math.max(0, row.getDouble(1)))))
        .optional();
  }

  private void create() {
    jdbc.sql(
            """
            insert into quota_pace (app, next_at, next_poll_at, minute)
            values (:app, clock_timestamp(), clock_timestamp(),
                    date_trunc('minute', clock_timestamp()))
            on conflict (app) do nothing
            """)
        .param("app", app)
        .update();
  }

  /// Agora answered 429: silence, then half the pace, for every replica at once.
  void slowDown() {
    create();
    jdbc.sql(
            """
            update quota_pace set
              next_at = greatest(next_at, clock_timestamp() + %1$s),
              slowed_until = greatest(slowed_until, clock_timestamp() + %1$s + %2$s)
            where app = :app
            """
                .formatted(SILENCE, SLOW))
        .param("app", app)
        .update();
  }

  /// Has the slot that comes a second after this one, or the next one if that is booked already,
  /// keep its distance from when the request really left.
  void leftLate(long number, long at) {
    int window = window();
    jdbc.sql(
            """
            insert into quota_late as known (app, place, slot, not_before)
            select app, late % :window, late, clock_timestamp() + make_interval(secs => :distance)
            from (select app, greatest(:number + :window, booked) as late from quota_pace
                  where app = :app) as pace
            on conflict (app, place) do update set
              slot = excluded.slot,
              not_before = greatest(excluded.not_before, known.not_before)
            """)
        .param("app", app)
        .param("number", number)
        .param("window", window)
        .param(
            "distance",
            window * stepSeconds() - (PUNCTUAL.toNanos() + System.nanoTime() - at) / 1e9)
        .update();
  }

  /// How many may leave within a second; one, if it is less than that.
  private int window() {
    return Math.max(1, (int) requestsPerSecond);
  }

  Usage usage() {
    return jdbc.sql(
            """
            select
              case when minute = date_trunc('minute', now) then
                     used + used_before * (1 - extract(epoch from now - minute) / 60)
                   when minute = date_trunc('minute', now) - interval '1 minute' then
                     used * (1 - extract(epoch from now - date_trunc('minute', now)) / 60)
                   else 0 end / 60 as used,
              case when slowed_until > now then slowed_until end as slowed_until
            from quota_pace, clock_timestamp() as now
            where app = :app
            """)
        .param("app", app)
        .query(
            (row, _) -> {
              Timestamp slowedUntil = row.getTimestamp("slowed_until");
              return new Usage(
                  requestsPerSecond,
                  row.getDouble("used"),
                  slowedUntil == null ? null : slowedUntil.toInstant());
            })
        .optional()
        .orElseGet(() -> new Usage(requestsPerSecond, 0, null));
  }
}
