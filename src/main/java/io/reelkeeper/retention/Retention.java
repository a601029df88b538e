package io.reelkeeper.retention;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Makes room for what comes and lets go what was kept long enough.
@Component
public class Retention {

  /// An idempotency key counts for a day (contract §3).
  private static final Duration KEYS = Duration.ofDays(1);

  /// So many rows go in one statement: no lock and no transaction is held for long.
  private static final int BATCH = 1000;

  /// A run ends after so many batches; the next one goes on.
  private static final int BATCHES = 50;

  /// What came in a month that nobody had prepared.
  private static final String OUT_OF_MONTHS =
      """
      delete from %1$s where ctid = any (array(
        select ctid from %1$s where %2$s < cast(:before as timestamptz) limit :batch))
      """;

  /// Looks at no more than the oldest; one that is young among them ends it until it is old.
  private static final String OLD_EVENTS =
      """
      delete from outbox where id in (
        select id from (
          select id, at from outbox where position is not null order by position limit :batch) oldest
         where at < cast(:before as timestamptz))
      """;

  private final Partitions partitions;
  private final JdbcClient jdbc;
  private final Clock clock;
  private final RetentionSettings settings;
  private final List<Monthly> tables;
  private final Monthly history;

  Retention(Partitions partitions, JdbcClient jdbc, Clock clock, RetentionSettings settings) {
    this.partitions = partitions;
    this.jdbc = jdbc;
    this.clock = clock;
    this.settings = settings;
    this.history = new Monthly("signal_history", Monthly::firstId, settings.sessions());
    this.tables =
        List.of(
            new Monthly("inbox", Monthly::date, settings.notifications()),
            new Monthly("provider_call", Monthly::date, settings.calls()));
  }

  @EventListener(ApplicationStartedEvent.class)
  void started() {
    prepare();
  }

  /// Months are made two ahead; a failure to make one is seen, and tried again, long before.
  @Scheduled(fixedDelayString = "${reelkeeper.retention.prepare-every:1h}")
  public void prepare() {
    Instant now = clock.instant();
    tables.forEach(table -> partitions.prepare(table, now));
    partitions.prepare(history, now);
  }

  /// Lets go what is over.
  @Scheduled(
      fixedDelayString = "${reelkeeper.retention.drop-every:1h}",
      initialDelayString = "${reelkeeper.retention.drop-every:1h}")
  public void drop() {
    Instant now = clock.instant();
    for (Monthly table : tables) {
      partitions.over(table, now).forEach(month -> partitions.drop(table, month));
    }
    inBatches(OUT_OF_MONTHS.formatted("inbox_default", "received_at"), settings.notifications());
    inBatches(OUT_OF_MONTHS.formatted("provider_call_default", "at"), settings.calls());
    partitions.over(history, now).stream()
        .filter(this::hasEnded)
        .forEach(month -> partitions.drop(history, month));
    inBatches(
        """
        delete from session where id in (
          select id from session s
           where id < cast(:before as uuid) and status in ('stopped', 'failed')
             and not exists (select from task t where t.session_id = s.id and t.status <> 'ended')
           limit :batch)
        """,
        Monthly.firstId(YearMonth.from(cutoff(settings.sessions(), now))));
    inBatches(
        """
        delete from idempotency_key where (caller, key) in (
          select caller, key from idempotency_key
           where created_at < cast(:before as timestamptz) limit :batch)
        """,
        now.minus(KEYS).toString());
    inBatches(OLD_EVENTS, settings.events());
    inBatches(
        """
        delete from subscriber_line where (subscriber, session_id) in (
          select subscriber, session_id from subscriber_line
           where due_at is null and moved_at < cast(:before as timestamptz) limit :batch)
        """,
        settings.events());
  }

  private static ZonedDateTime cutoff(Duration kept, Instant now) {
    return now.minus(kept).atZone(ZoneOffset.UTC);
  }

  /// A history goes only when every session that began in its month is over.
  private boolean hasEnded(YearMonth month) {
    return jdbc.sql(
            """
            select not exists (
              select from session s
               where id >= cast(:from as uuid) and id < cast(:to as uuid)
                 and (status not in ('stopped', 'failed')
                      or exists (select from task t
                                  where t.session_id = s.id and t.status <> 'ended')))
            """)
        .param("from", Monthly.firstId(month))
        .param("to", Monthly.firstId(month.plusMonths(1)))
        .query(Boolean.class)
        .single();
  }

  private void inBatches(String delete, Duration kept) {
    inBatches(delete, clock.instant().minus(kept).toString());
  }

  private void inBatches(String delete, String before) {
    int gone = BATCH;
    for (int batch = 0; batch < BATCHES && gone == BATCH; batch++) {
      gone = jdbc.sql(delete).param("before", before).param("batch", BATCH).update();
    }
  }
}
