package io.reelkeeper.notification;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The notifications that are kept, and what became of each.
@Component
public class Inbox {

  /// A kept notification.
  ///
  /// @param month where it is filed
  /// @param state `new`, `held`, `done` or `strange`
  /// @param tries how often somebody was looked for whom it concerns
  /// @param eventType -1 when not said, as `sequence`; `sendts` is 0 then, texts are empty
  /// @param body the JSON as Agora sent it
  public record Entry(
      LocalDate month,
      String app,
      String noticeId,
      Instant receivedAt,
      String state,
      int tries,
      int eventType,
      String sid,
      String cname,
      String uid,
      long sequence,
      long sendts,
      String body) {

    /// As it happened, as far as Agora tells.
    static final Comparator<Entry> ORDER =
        Comparator.comparing(Entry::sid)
            .thenComparingLong(Entry::sequence)
            .thenComparingLong(Entry::sendts);

    private static Entry of(ResultSet row, int number) throws SQLException {
      return new Entry(
          row.getObject("month", LocalDate.class),
          row.getString("app"),
          row.getString("notice_id"),
          row.getObject("received_at", OffsetDateTime.class).toInstant(),
          row.getString("state"),
          row.getInt("tries"),
          row.getInt("event_type"),
          row.getString("sid"),
          row.getString("cname"),
          row.getString("uid"),
          row.getLong("sequence"),
          row.getLong("sendts"),
          new String(row.getBytes("body"), UTF_8));
    }
  }

  private final JdbcClient jdbc;

  Inbox(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// What came about these recordings, in the order in which it came.
  ///
  /// @param from how many of the first ones are left out
  public List<Entry> of(String app, Collection<String> sids, int from, int limit) {
    return jdbc.sql(
            """
            select * from inbox
             where app = :app and sid = any(:sids) and sid <> ''
             order by received_at, sequence, sendts, notice_id
             limit :limit offset :from
            """)
        .param("from", from)
        .param("app", app)
        .param("sids", sids.toArray(String[]::new))
        .param("limit", limit)
        .query(Entry::of)
        .list();
  }

  /// Takes what is due for as long as the lease says; after that it is anybody's again.
  ///
  /// Materialized: a plan that reads the limited part once for every row beside it would take more
  /// than the limit.
  List<Entry> take(Instant now, Instant leasedUntil, int limit) {
    return jdbc
        .sql(
            """
            with due as materialized (
              select month, app, notice_id from inbox
               where state in ('new', 'held') and due_at <= :now
               order by due_at, sid, sequence, sendts
               limit :limit
                 for update skip locked)
            update inbox i
               set due_at = :leasedUntil, tries = i.tries + 1
              from due
             where (i.month, i.app, i.notice_id) = (due.month, due.app, due.notice_id)
            returning i.*
            """)
        .param("now", at(now))
        .param("leasedUntil", at(leasedUntil))
        .param("limit", limit)
        .query(Entry::of)
        .list()
        .stream()
        .sorted(Entry.ORDER)
        .toList();
  }

  void done(Entry entry, Instant now) {
    settle(entry, "done", now);
  }

  /// False when it was settled before, by whom else it was left to.
  boolean strange(Entry entry, Instant now) {
    return settle(entry, "strange", now);
  }

  void hold(Entry entry, Instant until) {
    jdbc.sql(
            """
            update inbox set state = 'held', due_at = :until
             where month = :month and app = :app and notice_id = :noticeId
               and state in ('new', 'held')
            """)
        .param("until", at(until))
        .param("month", entry.month())
        .param("app", entry.app())
        .param("noticeId", entry.noticeId())
        .update();
  }

  private boolean settle(Entry entry, String state, Instant now) {
    return jdbc.sql(
                """
                update inbox set state = :state, due_at = null, handled_at = :now
                 where month = :month and app = :app and notice_id = :noticeId
                   and state in ('new', 'held')
                """)
            .param("state", state)
            .param("now", at(now))
            .param("month", entry.month())
            .param("app", entry.app())
            .param("noticeId", entry.noticeId())
            .update()
        == 1;
  }

  private static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
