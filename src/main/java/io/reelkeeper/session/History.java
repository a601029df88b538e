package io.reelkeeper.session;

import io.reelkeeper.session.machine.Move;
import io.reelkeeper.session.rows.StoredSessions;
import io.reelkeeper.session.state.Notice;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What was learnt about every session, and what was decided.
@Component
public class History {

  /// @param signal the signal's name, such as `StartGranted`
  /// @param rule the name of the `Rule` that decided
  /// @param detail the signal's own members
  public record Entry(
      long id,
      Instant at,
      @Nullable Integer task,
      String signal,
      String rule,
      String statusBefore,
      String statusAfter,
      JsonNode detail) {}

  private final JdbcClient jdbc;
  private final JsonMapper json;

  History(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /// The histories of a database that the service is not started on.
  public static History in(DataSource database) {
    return new History(JdbcClient.create(database), JsonMapper.builder().build());
  }

  /// The sessions that there are histories of, newest first; of their tasks only what became of
  /// them.
  ///
  /// @param since accepted at this time or later, or null
  /// @param before the id of the last one seen, or null
  public List<Session> sessions(
      @Nullable String app, @Nullable Instant since, @Nullable UUID before, int limit) {
    return new StoredSessions(jdbc).page(app, since, before, limit);
  }

  /// The entries after the one with this id, oldest first.
  public List<Entry> of(UUID session, @Nullable Long after, int limit) {
    return jdbc.sql(
            """
            select id, at, task, signal, rule, status_before, status_after, detail
              from signal_history where session_id = ? and id > ? order by id limit ?
            """)
        .param(session)
        .param(after == null ? 0L : after)
        .param(limit)
        .query(
            (row, _) ->
                new Entry(
                    row.getLong("id"),
                    row.getTimestamp("at").toInstant(),
                    (Integer) row.getObject("task"),
                    row.getString("signal"),
                    row.getString("rule"),
                    row.getString("status_before"),
                    row.getString("status_after"),
                    json.readTree(row.getString("detail"))))
        .list();
  }

  /// Whether a notice of this meaning was taken in before: the second layer of deduplication.
  boolean knows(UUID session, String meaning) {
    return jdbc.sql("select 1 from signal_history where session_id = ? and meaning = ?")
        .param(session)
        .param(meaning)
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  void write(Session before, Signal signal, Move move, Instant now) {
    jdbc.sql(
            """
            insert into signal_history
              (session_id, task, at, signal, rule, status_before, status_after, meaning, detail)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb)
            """)
        .param(before.id())
        .param(taskOf(signal, before))
        .param(Timestamp.from(now))
        .param(signal.getClass().getSimpleName())
        .param(move.rule().name())
        .param(before.status().word())
        .param(move.next().status().word())
        .param(signal instanceof Signal.Noticed(Notice notice) ? notice.meaning() : null)
        .param(detail(signal))
        .update();
  }

  String detail(Signal signal) {
    return json.writeValueAsString(
            signal instanceof Signal.Noticed(Notice notice) ? notice : signal)
        // PostgreSQL's JSON knows no NUL, and a hostile notice may hold one.
        .replace("\\u0000", "\\ufffd");
  }

  private static @Nullable Integer taskOf(Signal signal, Session session) {
    return switch (signal) {
      case Signal.OfTask it -> it.task();
      case Signal.Noticed it -> session.taskBySid(it.notice().sid()).map(Task::number).orElse(null);
      default -> null;
    };
  }
}
