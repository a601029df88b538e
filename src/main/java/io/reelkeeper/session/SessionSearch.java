package io.reelkeeper.session;

import io.reelkeeper.core.Uuid7;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Session.RecordedFile;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Questions about sessions that are answered by SQL alone.
@Component
class SessionSearch {

  private final JdbcClient jdbc;
  private final JsonMapper json;

  SessionSearch(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /// Lets only one of several equal openings go on until the end of the transaction.
  void lockSlot(Opening opening) {
    if (opening.idempotencyKey() != null) {
      lock("key|" + opening.caller() + "|" + opening.idempotencyKey());
    }
    lock("slot|" + opening.app() + "|" + opening.channel());
  }

  private void lock(String name) {
    jdbc.sql("select 1 from (select pg_advisory_xact_lock(hashtextextended(?, 0))) as locked")
        .param(name)
        .query(Integer.class)
        .single();
  }

  Optional<UUID> active(Opening opening) {
    return jdbc.sql(
            """
            select id from session where app = ? and channel = ? and mode = ? and slot = ?
               and status not in ('stopped', 'failed')
            """)
        .param(opening.app())
        .param(opening.channel())
        .param(opening.mode().word())
        .param(opening.slot())
        .query(UUID.class)
        .optional();
  }

  /// UIDs that no other session may use: those of recorders that may run, and those that an active
  /// session may still come to use.
  Set<String> uidsInChannel(String app, String channel) {
    return new HashSet<>(
        jdbc.sql(
                """
                select uid from task where app = :app and channel = :channel and status <> 'ended'
                   and (wanted or status <> 'unknown')
                union
                select unnest(uids) from session where app = :app and channel = :channel
                   and status not in ('stopped', 'failed')
                """)
            .param("app", app)
            .param("channel", channel)
            .query(String.class)
            .list());
  }

  Optional<UUID> sessionOf(String app, String sid) {
    return jdbc.sql("select session_id from task where sid = ? and app = ?")
        .param(sid)
        .param(app)
        .query(UUID.class)
        .optional();
  }

  /// Sessions with a start that has no sid yet, under this UID in this channel.
  List<UUID> withoutSid(String app, String channel, String uid) {
    return jdbc.sql(
            """
            select distinct session_id from task where app = ? and channel = ? and uid = ?
               and status in ('intended', 'unknown')
            """)
        .param(app)
        .param(channel)
        .param(uid)
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }

  Optional<byte[]> secrets(UUID id) {
    return jdbc.sql("select secrets from session where id = ? and secrets is not null")
        .param(id)
        .query(byte[].class)
        .optional();
  }

  /// The files of each of these sessions, by name.
  Map<UUID, List<RecordedFile>> files(List<UUID> ids) {
    Map<UUID, List<RecordedFile>> files = new HashMap<>();
    jdbc.sql(
            """
            select session_id, name, type, task from recorded_file
             where session_id = any(?::uuid[]) order by name
            """)
        .param(ids.stream().map(UUID::toString).toArray(String[]::new))
        .query(
            (row, _) ->
                files
                    .computeIfAbsent(
                        row.getObject("session_id", UUID.class), _ -> new ArrayList<>())
                    .add(
                        new RecordedFile(
                            row.getString("name"), row.getString("type"), row.getInt("task"))))
        .list();
    return files;
  }

  void keepFiles(UUID id, List<RecordedFile> files) {
    if (files.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            insert into recorded_file (session_id, name, type, task)
            select ?, * from unnest(?::text[], ?::text[], ?::int[])
            on conflict do nothing
            """)
        .param(id)
        .param(files.stream().map(RecordedFile::name).toArray(String[]::new))
        .param(files.stream().map(RecordedFile::type).toArray(String[]::new))
        .param(files.stream().map(RecordedFile::task).toArray(Integer[]::new))
        .update();
  }

  List<UUID> list(Sessions.Listing listing) {
    StringBuilder sql = new StringBuilder("select id from session where true");
    List<Object> params = new ArrayList<>();
    if (listing.apps() != null) {
      sql.append(" and app = any(?::text[])");
      params.add(listing.apps().toArray(String[]::new));
    }
    if (listing.channel() != null) {
      sql.append(" and channel = ?");
      params.add(listing.channel());
    }
    if (!listing.statuses().isEmpty()) {
      sql.append(" and status = any(?::text[])");
      params.add(listing.statuses().stream().map(Session.Status::word).toArray(String[]::new));
    }
    if (!listing.labels().isEmpty()) {
      sql.append(" and labels @> ?::jsonb");
      params.add(json.writeValueAsString(listing.labels()));
    }
    // Ids are made of their time: the bounds on them are what the index of the ids can use, those
    // on the time itself part what was made within one millisecond.
    if (listing.since() != null) {
      sql.append(" and id >= ? and created_at >= ?");
      params.add(Uuid7.firstAt(listing.since()));
      params.add(Timestamp.from(listing.since()));
    }
    if (listing.until() != null) {
      sql.append(" and id < ? and created_at < ?");
      params.add(Uuid7.firstAt(listing.until().plusMillis(1)));
      params.add(Timestamp.from(listing.until()));
    }
    if (listing.after() != null) {
      sql.append(" and id < ?");
      params.add(listing.after());
    }
    sql.append(" order by id desc limit ?");
    params.add(listing.limit());
    return jdbc.sql(sql.toString())
        .params(params)
        .query((row, _) -> row.getObject(1, UUID.class))
        .list();
  }
}
