package io.reelkeeper.notification;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Counts what Agora sent and nobody received, once for each recording that has ended.
///
/// Agora counts its notifications from 0 and does not say per what (reference §13.2). Taken here
/// is the least that any reading gives: the holes among the numbers of one sid and recorder, and
/// what is missing before the sid's first one.
@Component
class Gaps {

  /// Resends and stragglers have come by then.
  private static final Duration SETTLED = Duration.ofMinutes(15);

  /// What ended while the service was down for longer is not worth the search.
  private static final Duration FORGOTTEN = Duration.ofDays(7);

  private final JdbcClient jdbc;
  private final Counts counts;

  Gaps(JdbcClient jdbc, Counts counts) {
    this.jdbc = jdbc;
    this.counts = counts;
  }

  void count(Instant now) {
    jdbc.sql(
            """
            with ended as (
              select distinct i.app, i.sid from inbox i
               where i.event_type in (11, 31, 32) and i.sid <> ''
                 and i.received_at between :from and :to
                 and not exists (select from inbox_gap g where g.app = i.app and g.sid = i.sid)
               limit 500),
            recorder as (
              select app, sid, min(sequence) as low,
                     max(sequence) - min(sequence) + 1 - count(distinct sequence) as holes
                from inbox join ended using (app, sid)
               where sequence between 0 and 1000000  -- beyond that it is no count of notifications
               group by app, sid, uid)
            insert into inbox_gap (app, sid, missing, counted_at)
            select ended.app, ended.sid, coalesce(sum(holes) + min(low), 0), :now
              from ended left join recorder using (app, sid)
             group by ended.app, ended.sid
            on conflict do nothing
            returning app, missing
            """)
        .param("from", Timestamp.from(now.minus(FORGOTTEN)))
        .param("to", Timestamp.from(now.minus(SETTLED)))
        .param("now", Timestamp.from(now))
        .query((row, number) -> new Missing(row.getString("app"), row.getLong("missing")))
        .list()
        .forEach(missing -> counts.gaps(missing.app, missing.notices));
  }

  private record Missing(String app, long notices) {}
}
