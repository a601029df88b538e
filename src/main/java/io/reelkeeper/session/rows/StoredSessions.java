package io.reelkeeper.session.rows;

import io.reelkeeper.core.Uuid7;
import io.reelkeeper.session.state.Session;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Reads sessions where the service itself is not started, and so without JPA.
///
/// Of a task it reads why, when and how it served its session; what only a living one needs, such
/// as
/// its tries, is left out.
public final class StoredSessions {

  private final JdbcClient jdbc;

  public StoredSessions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// Sessions without their files, newest first.
  ///
  /// @param since accepted at this time or later, or null
  /// @param before the id of the last one seen, or null
  public List<Session> page(
      @Nullable String app, @Nullable Instant since, @Nullable UUID before, int limit) {
    List<SessionRow> rows =
        jdbc.sql(
                """
                select id, app, channel, mode, slot, assurance, on_idle, status, reason,
                       storage_profile, vendor, region, bucket, endpoint, prefix, fingerprint,
                       request, changes, digest, uids, labels, created_at, updated_at, stopped_at,
                       version
                  from session
                 where (cast(:app as text) is null or app = :app)
                   and id >= cast(:first as uuid) and created_at >= :since
                   and (cast(:before as uuid) is null or id < cast(:before as uuid))
                 order by id desc limit :limit
                """)
            .param("app", app)
            .param("first", firstId(since))
            .param("since", Timestamp.from(since == null ? Instant.EPOCH : since))
            .param("before", before == null ? null : before.toString())
            .param("limit", limit)
            .query((row, _) -> session(row))
            .list();
    Map<UUID, SessionRow> byId = new HashMap<>();
    rows.forEach(row -> byId.put(row.id, row));
    jdbc.sql(
            """
            select session_id, number, uid, agora_uid, status, cause, wanted, replaces, phase,
                   intended_at, resource_id, sid, started_at, confirmed_at, proven_at, ended_at,
                   end_reason, ha_registered
              from task where session_id = any(cast(:ids as uuid[])) order by session_id, number
            """)
        .param("ids", byId.keySet().stream().map(UUID::toString).toArray(String[]::new))
        .query(
            row -> {
              SessionRow session = byId.get(row.getObject("session_id", UUID.class));
              if (session != null) {
                session.tasks.add(task(session, row));
              }
            });
    return rows.stream().map(row -> row.session(List.of())).toList();
  }

  /// Ids sort by time, so the index of the ids finds the youngest sessions.
  private static String firstId(@Nullable Instant since) {
    return Uuid7.firstAt(since == null ? Instant.EPOCH : since).toString();
  }

  private static SessionRow session(ResultSet from) throws SQLException {
    SessionRow row = new SessionRow();
    row.id = from.getObject("id", UUID.class);
    row.app = from.getString("app");
    row.channel = from.getString("channel");
    row.mode = from.getString("mode");
    row.slot = from.getString("slot");
    row.assurance = from.getString("assurance");
    row.onIdle = from.getString("on_idle");
    row.status = from.getString("status");
    row.reason = from.getString("reason");
    row.storageProfile = from.getString("storage_profile");
    row.vendor = from.getString("vendor");
    row.region = from.getString("region");
    row.bucket = from.getString("bucket");
    row.endpoint = from.getString("endpoint");
    row.prefix = texts(from.getArray("prefix"));
    row.fingerprint = from.getString("fingerprint");
    row.request = from.getString("request");
    row.changes = from.getString("changes");
    row.digest = from.getString("digest");
    row.uids = texts(from.getArray("uids"));
    row.labels = from.getString("labels");
    row.createdAt = from.getTimestamp("created_at").toInstant();
    row.updatedAt = from.getTimestamp("updated_at").toInstant();
    row.stoppedAt = instant(from, "stopped_at");
    row.version = from.getLong("version");
    return row;
  }

  private static TaskRow task(SessionRow session, ResultSet from) throws SQLException {
    TaskRow row = new TaskRow();
    row.session = session;
    row.key = new TaskRow.Key(session.id, from.getInt("number"));
    row.uid = from.getString("uid");
    row.agoraUid = from.getString("agora_uid");
    row.status = from.getString("status");
    row.cause = from.getString("cause");
    row.wanted = from.getBoolean("wanted");
    row.replaces = from.getInt("replaces");
    row.phase = from.getString("phase");
    row.intendedAt = from.getTimestamp("intended_at").toInstant();
    row.resourceId = from.getString("resource_id");
    row.sid = from.getString("sid");
    row.startedAt = instant(from, "started_at");
    row.confirmedAt = instant(from, "confirmed_at");
    row.provenAt = instant(from, "proven_at");
    row.endedAt = instant(from, "ended_at");
    row.endReason = from.getString("end_reason");
    row.haRegistered = from.getBoolean("ha_registered");
    return row;
  }

  private static List<String> texts(Array array) throws SQLException {
    return new ArrayList<>(Arrays.asList((String[]) array.getArray()));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    Timestamp at = row.getTimestamp(column);
    return at == null ? null : at.toInstant();
  }
}
