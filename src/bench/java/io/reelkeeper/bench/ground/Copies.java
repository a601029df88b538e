package io.reelkeeper.bench.ground;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Makes many sessions out of one that the service itself has brought to where they all shall be.
///
/// Every row of the first one is copied as it is, but for ids, channels, sids and times. So what
/// is measured are rows as the service writes them, without the hours that it would take to start
/// the recordings.
public final class Copies {

  private final JdbcClient jdbc;
  private final UUID template;

  /// @param template its rows are the pattern
  public Copies(Database database, UUID template) {
    this.jdbc = database.jdbc();
    this.template = template;
    // No trigger and no foreign key is asked for each of a million rows.
    jdbc.sql("set session_replication_role = replica").update();
  }

  /// Plans the copies: who they are and when each was created.
  ///
  /// @param apps shared out evenly, as are the channels
  /// @param spread the oldest is so many seconds older than the youngest
  public void plan(int count, List<String> apps, int channels, Instant youngest, long spread) {
    jdbc.sql("drop table if exists bench.copy").update();
    jdbc.sql(
            """
            create unlogged table bench.copy as
            select n, app, at, id, replace(id::text, '-', '') as sid, 'copy-' || n % :channels as channel
              from (select n, (cast(:apps as text[]))[1 + n % :apps_count] as app, at,
                           (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0')
                            || '7' || substr(md5('a' || n), 1, 3)
                            || '8' || substr(md5('b' || n), 1, 15))::uuid as id
                      from (select n, date_trunc('milliseconds',
                                        cast(:youngest as timestamptz)
                                          - make_interval(secs => :spread * n / :count)) as at
                              from generate_series(1, cast(:count as int)) as n) as times) as them
            """)
        .param("apps", apps.toArray(String[]::new))
        .param("apps_count", apps.size())
        .param("channels", channels)
        .param("youngest", youngest.toString())
        .param("spread", (double) spread)
        .param("count", count)
        .update();
    jdbc.sql("analyze bench.copy").update();
  }

  /// Copies the template's rows of this table.
  ///
  /// @param key the column that names the session
  /// @param instead SQL for the columns that differ; `c` is the copy, `t` the template's row
  public int rows(String table, String key, Map<String, String> instead) {
    List<String> columns =
        jdbc.sql(
                """
                select quote_ident(attname) from pg_attribute
                 where attrelid = to_regclass(?) and attnum > 0 and not attisdropped
                   and attidentity = '' order by attnum
                """)
            .param(table)
            .query((row, _) -> row.getString(1))
            .list();
    String values =
        columns.stream()
            .map(column -> instead.getOrDefault(column, "t." + column))
            .collect(Collectors.joining(", "));
    return jdbc.sql(
            "insert into %s (%s) select %s from bench.copy c, %s t where t.%s"
                .formatted(table, String.join(", ", columns), values, table, key))
        .param(template)
        .update();
  }

  /// Sessions with their tasks and all that hangs on them, but for histories and timers.
  public void sessions() {
    rows(
        "session",
        "id = ?",
        Map.of(
            "id", "c.id",
            "app", "c.app",
            "channel", "c.channel",
            "created_at", "c.at",
            "updated_at", "c.at + (t.updated_at - t.created_at)",
            "stopped_at", "c.at + (t.stopped_at - t.created_at)"));
    rows(
        "task",
        "session_id = ?",
        Map.ofEntries(
            Map.entry("session_id", "c.id"),
            Map.entry("app", "c.app"),
            Map.entry("channel", "c.channel"),
            Map.entry("sid", "c.sid"),
            Map.entry("resource_id", "'resource-' || c.sid"),
            Map.entry("intended_at", "c.at"),
            Map.entry("acquired_at", "c.at + (t.acquired_at - t.intended_at)"),
            Map.entry("started_at", "c.at + (t.started_at - t.intended_at)"),
            Map.entry("confirmed_at", "c.at + (t.confirmed_at - t.intended_at)"),
            Map.entry("proven_at", "c.at + (t.proven_at - t.intended_at)"),
            Map.entry("ended_at", "c.at + (t.ended_at - t.intended_at)")));
    rows(
        "recorded_file",
        "session_id = ?",
        Map.of("session_id", "c.id", "name", "replace(t.name, '.m3u8', c.sid || '.m3u8')"));
    // settled, as nearly all are: the others would be looked into at once
    rows(
        "task_audit",
        "session_id = ?",
        Map.of(
            "session_id", "c.id",
            "status", "'verified'",
            "settled", "true",
            "looks", "1",
            "touched_at", "c.at",
            "checked_at", "c.at",
            "findings", "'[]'"));
    rows("audited_file", "session_id = ?", Map.of("session_id", "c.id"));
  }

  /// Their histories.
  public void histories() {
    rows(
        "signal_history",
        "session_id = ?",
        Map.of("session_id", "c.id", "id", "nextval('signal_history_seq')"));
  }

  /// What Agora told of each, as the service keeps it.
  public void notices(int ofEach) {
    List<String> again = dropped("inbox");
    jdbc.sql(
            """
            insert into inbox (month, app, notice_id, received_at, body, event_type, sid, cname, uid,
                               sequence, sendts, state, due_at, tries, handled_at)
            select date_trunc('month', told.at at time zone 'UTC')::date, app, md5(sid || k), at,
                   convert_to(format(
                     '{"noticeId":"%s","productId":3,"eventType":43,"notifyMs":%s,"sid":"%s",'
                     '"payload":{"cname":"%s","uid":"4000000017","sid":"%s","sequence":%s,'
                     '"sendts":%s,"serviceType":0,"details":{"msgName":'
                     '"recorder_audio_stream_state_changed","streamUid":"1001","state":1}}}',
                     md5(sid || k), ms, sid, channel, sid, k, ms), 'UTF8'),
                   case when k = :ofEach then 31 else 43 end, sid, channel, '4000000017', k, ms,
                   'done', null, 1, at
              from (select app, sid, channel, k, at + make_interval(secs => k) as at,
                           (extract(epoch from at) * 1000)::bigint + 1000 * k as ms
                      from bench.copy, generate_series(1, :ofEach) as k) as told
            """)
        .param("ofEach", ofEach)
        .update();
    again.forEach(sql -> jdbc.sql(sql).update());
  }

  /// Drops the indexes of a table, which are made in a fraction of the time when all rows are
  /// there.
  ///
  /// @return what brings them back
  private List<String> dropped(String table) {
    List<String> again =
        jdbc.sql(
                """
                select coalesce('alter table ' || cast(:table as text) || ' add '
                                  || pg_get_constraintdef(c.oid),
                                pg_get_indexdef(i.indexrelid))
                  from pg_index i left join pg_constraint c on c.conindid = i.indexrelid
                 where i.indrelid = to_regclass(:table)
                """)
            .param("table", table)
            .query((row, _) -> row.getString(1))
            .list();
    List<String> drops =
        jdbc.sql(
                """
                select coalesce('alter table ' || cast(:table as text) || ' drop constraint '
                                  || c.conname,
                                'drop index ' || i.indexrelid::regclass)
                  from pg_index i left join pg_constraint c on c.conindid = i.indexrelid
                 where i.indrelid = to_regclass(:table)
                """)
            .param("table", table)
            .query((row, _) -> row.getString(1))
            .list();
    drops.forEach(sql -> jdbc.sql(sql).update());
    return again;
  }

  /// The timers of live ones, each query at its session's own place in the interval, as the service
  /// sets it; the template itself goes.
  ///
  /// @param from none is due before
  /// @param interval of the monitor, in milliseconds
  public void timers(Instant from, long interval) {
    jdbc.sql(
            """
            insert into scheduled_tasks
              (task_name, task_instance, execution_time, picked, version, priority)
            select t.task_name, replace(t.task_instance, cast(:template as text), c.id::text),
                   to_timestamp((cast(:from as bigint)
                                 + mod(mod(phase - :from, :interval) + :interval, :interval))
                                / 1000.0),
                   false, 1, t.priority
              from scheduled_tasks t,
                   (select id, mod(('x' || substr(sid, 17))::bit(64)::bigint, :interval) as phase
                      from bench.copy) as c
             where t.task_instance like :template || '/%' and t.task_name = 'QUERY'
            """)
        .param("template", template.toString())
        .param("from", from.toEpochMilli())
        .param("interval", interval)
        .update();
    jdbc.sql("delete from scheduled_tasks where task_instance like ? || '/%'")
        .param(template.toString())
        .update();
    jdbc.sql("set session_replication_role = origin").update();
    jdbc.sql("delete from session where id = ?").param(template).update();
  }

  /// What the planner and the index-only scans need after so much was written.
  public void settle() {
    jdbc.sql("set session_replication_role = origin").update();
    jdbc.sql("vacuum (analyze)").update();
    jdbc.sql("checkpoint").update();
  }
}
