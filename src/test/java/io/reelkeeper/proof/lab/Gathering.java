package io.reelkeeper.proof.lab;

import io.reelkeeper.proof.check.Evidence;
import io.reelkeeper.proof.check.Evidence.Delivery;
import io.reelkeeper.proof.check.Evidence.Event;
import io.reelkeeper.proof.check.Evidence.Exchange;
import io.reelkeeper.proof.check.Evidence.Limits;
import io.reelkeeper.proof.check.Evidence.Outage;
import io.reelkeeper.proof.check.Evidence.Recorder;
import io.reelkeeper.proof.check.Evidence.SessionRow;
import io.reelkeeper.proof.check.Evidence.Step;
import io.reelkeeper.proof.check.Evidence.TaskRow;
import io.reelkeeper.proof.check.Evidence.Timer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/// Reads what the witnesses say.
record Gathering(JdbcClient jdbc, JsonNode ledger) {

  Evidence evidence(
      Instant at,
      Limits limits,
      List<Exchange> exchanges,
      List<Outage> outages,
      Map<String, String> texts,
      List<String> secrets) {
    return new Evidence(
        at,
        limits,
        ledger.path("mostRequestsInASecond").path(Account.ALIAS).asInt(0),
        ledger.path("recordings").valueStream().map(Gathering::recorder).toList(),
        ledger.path("notices").valueStream().map(Gathering::delivery).toList(),
        sessions(),
        tasks(),
        inbox(),
        history(),
        timers(),
        events(),
        exchanges,
        outages,
        dumped(texts),
        secrets);
  }

  private static Recorder recorder(JsonNode it) {
    return new Recorder(
        it.path("cname").asString(),
        it.path("uid").asString(),
        it.path("resourceId").asString(),
        it.path("sid").asString(),
        Instant.parse(it.path("startedAt").asString()),
        instant(it.path("readyAt")),
        instant(it.path("endedAt")));
  }

  private static @Nullable Instant instant(JsonNode it) {
    return it.isNull() ? null : Instant.parse(it.asString());
  }

  private static Delivery delivery(JsonNode it) {
    return new Delivery(
        Instant.parse(it.path("at").asString()),
        it.path("noticeId").asString(),
        it.path("sid").asString(),
        it.path("eventType").asInt(),
        it.path("status").asInt());
  }

  private List<SessionRow> sessions() {
    return jdbc.sql("select id, channel, status, stopped_at from session order by id")
        .query(
            (row, _) ->
                new SessionRow(
                    row.getObject("id", UUID.class),
                    row.getString("channel"),
                    row.getString("status"),
                    time(row, "stopped_at")))
        .list();
  }

  private List<TaskRow> tasks() {
    return jdbc.sql("select * from task order by session_id, number")
        .query(
            (row, _) ->
                new TaskRow(
                    row.getObject("session_id", UUID.class),
                    row.getInt("number"),
                    row.getString("channel"),
                    row.getString("uid"),
                    row.getString("status"),
                    row.getString("cause"),
                    row.getBoolean("wanted"),
                    row.getBoolean("sent_unheard"),
                    row.getString("resource_id"),
                    row.getString("sid"),
                    time(row, "started_at"),
                    time(row, "confirmed_at")))
        .list();
  }

  private Map<String, String> inbox() {
    Map<String, String> inbox = new HashMap<>();
    jdbc.sql("select notice_id, state from inbox")
        .query(
            row -> {
              inbox.put(row.getString("notice_id"), row.getString("state"));
            });
    return inbox;
  }

  private List<Step> history() {
    return jdbc.sql(
            """
            select session_id, task, at, signal, rule, status_before, status_after
            from signal_history order by session_id, id
            """)
        .query(
            (row, _) ->
                new Step(
                    row.getObject("session_id", UUID.class),
                    (Integer) row.getObject("task"),
                    row.getTimestamp("at").toInstant(),
                    row.getString("signal"),
                    row.getString("rule"),
                    row.getString("status_before"),
                    row.getString("status_after")))
        .list();
  }

  private List<Timer> timers() {
    return jdbc.sql("select task_name, task_instance, execution_time, picked from scheduled_tasks")
        .query(
            (row, _) ->
                new Timer(
                    row.getString("task_name"),
                    row.getString("task_instance"),
                    row.getTimestamp("execution_time").toInstant(),
                    row.getBoolean("picked")))
        .list();
  }

  private List<Event> events() {
    return jdbc.sql("select session_id, type, at from outbox order by id")
        .query(
            (row, _) ->
                new Event(
                    row.getObject("session_id", UUID.class),
                    row.getString("type"),
                    row.getTimestamp("at").toInstant()))
        .list();
  }

  /// The rows that hold what others said: a secret may hide in them.
  private Map<String, String> dumped(Map<String, String> texts) {
    Map<String, String> all = new HashMap<>(texts);
    for (String table : List.of("session", "provider_call", "signal_history", "outbox")) {
      all.put(
          "table " + table,
          String.join(
              "\n", jdbc.sql("select t::text from " + table + " t").query(String.class).list()));
    }
    return all;
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    Timestamp time = row.getTimestamp(column);
    return time == null ? null : time.toInstant();
  }
}
