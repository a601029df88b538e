package io.reelkeeper.outbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What waits for each subscriber: one line for each session, so that the events of a session are
/// told one after the other, and a failing one holds back only those behind it.
///
/// Who takes a line has it for the time of a lease. Whoever loses it writes nothing any more.
@Component
class Lines {

  /// A line that was taken.
  ///
  /// @param failures of its next event so far
  record Line(String subscriber, UUID session, long told, long wanted, int failures, long lease) {

    private static Line of(ResultSet row, int number) throws SQLException {
      return new Line(
          row.getString("subscriber"),
          row.getObject("session_id", UUID.class),
          row.getLong("told"),
          row.getLong("wanted"),
          row.getInt("failures"),
          row.getLong("lease"));
    }
  }

  /// A line that waits for nothing may forget what it was told: what other filters left out before
  /// is not wanted now.
  private static final String ADD =
      """
      insert into subscriber_line as line
        (subscriber, session_id, told, wanted, due_at, failures, lease, moved_at)
      select :name, session_id, min(position) - 1, max(position), :now, 0, 0, :now
        from %s where %s
       group by session_id
      on conflict (subscriber, session_id) do update set
      """;

  private static final String QUEUE =
      """
      with me as (select queued from subscriber where name = :name for update skip locked),
      fresh as (
        select o.* from outbox o, me where o.position > me.queued
         order by o.position limit :most),
      lines as (
      """
          + ADD.formatted("fresh", EventFilter.SQL)
          + """
            told = case when line.due_at is null then excluded.told else line.told end,
            wanted = greatest(line.wanted, excluded.wanted),
            due_at = coalesce(line.due_at, excluded.due_at),
            moved_at = :now),
          moved as (
            update subscriber set queued = greatest(queued, (select max(position) from fresh))
             where name = :name and exists (select from fresh))
          select count(*) from fresh
          """;

  private static final String AGAIN =
      """
      with past as (
        select o.* from outbox o, subscriber s
         where s.name = :name and o.at >= :since and o.position <= s.queued),
      lines as (
      """
          + ADD.formatted("past", EventFilter.SQL)
          + """
            told = case when line.due_at is null then excluded.told
                        else least(line.told, excluded.told) end,
            wanted = greatest(line.wanted, excluded.wanted),
            due_at = excluded.due_at,
            failures = 0,
            lease = line.lease + 1,
            moved_at = :now)
          """
          + "select count(*) from past where "
          + EventFilter.SQL;

  private final JdbcClient jdbc;

  Lines(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// Puts the next events into the lines of a subscriber, unless another replica is at it.
  ///
  /// @return how many were looked at
  int queue(String subscriber, EventFilter filter, Instant now, int most) {
    return add(QUEUE, subscriber, filter, now).param("most", most).query(Integer.class).single();
  }

  /// Puts what was told since then back into the lines, with what waits.
  ///
  /// @return how many events that are
  int again(String subscriber, EventFilter filter, Instant since, Instant now) {
    return add(AGAIN, subscriber, filter, now)
        .param("since", at(since))
        .query(Integer.class)
        .single();
  }

  private JdbcClient.StatementSpec add(
      String sql, String subscriber, EventFilter filter, Instant now) {
    return jdbc.sql(sql)
        .param("name", subscriber)
        .param("apps", filter.appsOrNull())
        .param("likes", filter.likesOrNull())
        .param("session", filter.session())
        .param("now", at(now));
  }

  /// Takes lines that are due for as long as the lease says; after that they are anybody's again.
  ///
  /// Materialized: a plan that reads the limited part once for every row beside it would take more
  /// than the limit.
  List<Line> take(String subscriber, Instant now, Instant leasedUntil, int most) {
    return jdbc.sql(
            """
            with due as materialized (
              select session_id from subscriber_line
               where subscriber = :name and due_at <= :now
                 and exists (select from subscriber where name = :name and paused_at is null)
               order by due_at
               limit :most
                 for update skip locked)
            update subscriber_line line
               set due_at = :leasedUntil, lease = line.lease + 1
              from due
             where line.subscriber = :name and line.session_id = due.session_id
            returning line.*
            """)
        .param("name", subscriber)
        .param("now", at(now))
        .param("leasedUntil", at(leasedUntil))
        .param("most", most)
        .query(Line::of)
        .list();
  }

  /// Everything up to this position was told. What else waits stays with the line's holder, until
  /// the given time.
  ///
  /// @return false when the line belongs to somebody else
  boolean told(Line line, long position, Instant now, Instant leasedUntil) {
    return jdbc.sql(
                """
                update subscriber_line
                   set told = greatest(told, least(wanted, :position)), failures = 0, moved_at = :now,
                       due_at = case when wanted > :position then :leasedUntil end
                 where subscriber = :name and session_id = :session and lease = :lease
                """)
            .param("position", position)
            .param("now", at(now))
            .param("leasedUntil", at(leasedUntil))
            .param("name", line.subscriber)
            .param("session", line.session)
            .param("lease", line.lease)
            .update()
        == 1;
  }

  /// Its next event was not taken.
  ///
  /// @return false when the line belongs to somebody else
  boolean failed(Line line, int failures, Instant dueAt) {
    return jdbc.sql(
                """
                update subscriber_line set due_at = :dueAt, failures = :failures
                 where subscriber = :name and session_id = :session and lease = :lease
                   and due_at is not null
                """)
            .param("dueAt", at(dueAt))
            .param("failures", failures)
            .param("name", line.subscriber)
            .param("session", line.session)
            .param("lease", line.lease)
            .update()
        == 1;
  }

  private static OffsetDateTime at(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
