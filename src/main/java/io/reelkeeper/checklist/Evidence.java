package io.reelkeeper.checklist;

import io.reelkeeper.provider.CallJournal;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What the stored calls, notifications and recordings of an App ID prove.
@Component
class Evidence {

  /// Older recordings say little about the application of today.
  private static final int RECENT = 100;

  static final Duration PERIOD = Duration.ofDays(30);

  /// @param httpStatus null when no answer came
  record Call(
      Instant at,
      UUID session,
      String outcome,
      @Nullable Integer httpStatus,
      @Nullable Integer code,
      @Nullable String note) {

    boolean granted() {
      return outcome.equals("granted");
    }
  }

  /// @param receivedAt null when it never came
  record Event(int type, @Nullable Instant receivedAt, @Nullable UUID session) {}

  /// Recordings of channels in the period.
  record Recordings(int started, int confirmed, int ended, int reusedResources) {}

  /// @param confirmedAt null when it was not
  record Start(UUID session, Instant startedAt, @Nullable Instant confirmedAt, String end) {}

  /// A value of a recent session.
  record Value(UUID session, Instant at, int value) {}

  /// @param mode Agora's: 1 communication, 2 live
  record Presence(UUID session, Instant at, int mode, int channelType) {}

  private final JdbcClient jdbc;
  private final CallJournal journal;

  Evidence(JdbcClient jdbc, CallJournal journal) {
    this.jdbc = jdbc;
    this.journal = journal;
  }

  /// The last answer to an operation, repeats and lost requests left out.
  Optional<Call> last(String app, String operation) {
    journal.flush();
    return jdbc.sql(
            """
            select at, session_id, outcome, http_status, code, note from provider_call
             where app = ? and operation = ? and operation in ('acquire', 'start', 'presence')
               and http_status is not null
             order by at desc limit 1
            """)
        .param(app)
        .param(operation)
        .query(
            (row, _) ->
                new Call(
                    row.getTimestamp("at").toInstant(),
                    row.getObject("session_id", UUID.class),
                    row.getString("outcome"),
                    row.getObject("http_status", Integer.class),
                    row.getObject("code", Integer.class),
                    row.getString("note")))
        .optional();
  }

  /// When Agora last answered 429.
  Optional<Instant> tooFast(String app, Instant since) {
    return jdbc.sql(
            """
            select at from provider_call
             where app = ? and http_status = 429 and at > ? order by at desc limit 1
            """)
        .param(app)
        .param(Timestamp.from(since))
        .query((row, _) -> row.getTimestamp("at").toInstant())
        .optional();
  }

  List<Event> events(String app, List<Integer> types) {
    return jdbc.sql(
            """
            select type, seen.received_at,
                   (select session_id from task where sid = seen.sid) as session_id
              from unnest(cast(:types as int[])) type
              left join lateral (
                select received_at, sid from inbox
                 where app = :app and event_type = type
                   and event_type in (1, 11, 12, 13, 31, 40)
                 order by received_at desc limit 1) seen on true
            """)
        .param("app", app)
        .param("types", types.toArray(Integer[]::new))
        .query(
            (row, _) ->
                new Event(
                    row.getInt("type"),
                    instant(row.getTimestamp("received_at")),
                    row.getObject("session_id", UUID.class)))
        .list();
  }

  Recordings recordings(String app, Instant now) {
    return jdbc.sql(
            """
            select count(*) as started, count(confirmed_at) as confirmed,
                   count(*) filter (where status = 'ended') as ended,
                   count(resource_id) - count(distinct resource_id) as reused
              from task where app = ? and started_at > ? and mode <> 'web'
            """)
        .param(app)
        .param(Timestamp.from(now.minus(PERIOD)))
        .query(
            (row, _) ->
                new Recordings(
                    row.getInt("started"),
                    row.getInt("confirmed"),
                    row.getInt("ended"),
                    row.getInt("reused")))
        .single();
  }

  /// The last starts that Agora granted, youngest first.
  List<Start> starts(String app, int most) {
    return jdbc.sql(
            """
            select session_id, started_at, confirmed_at, coalesce(end_reason, '') as end_reason
              from task where app = ? and started_at is not null
             order by started_at desc limit ?
            """)
        .param(app)
        .param(most)
        .query(
            (row, _) ->
                new Start(
                    row.getObject("session_id", UUID.class),
                    row.getTimestamp("started_at").toInstant(),
                    instant(row.getTimestamp("confirmed_at")),
                    row.getString("end_reason")))
        .list();
  }

  /// The values of a field of `recording` that recent sessions have.
  ///
  /// @param field of ours, never of a caller
  List<Value> values(String app, String field) {
    return jdbc.sql(
            """
            select id, created_at, cast(request #>> array['recording', :field] as int) as value
              from (select * from session where app = :app order by id desc limit :most) recent
             where mode <> 'web' and request #>> array['recording', :field] is not null
            """)
        .param("app", app)
        .param("field", field)
        .param("most", RECENT)
        .query(
            (row, _) ->
                new Value(
                    row.getObject("id", UUID.class),
                    row.getTimestamp("created_at").toInstant(),
                    row.getInt("value")))
        .list();
  }

  /// The last time that Agora told what kind of channel it is that we record.
  Optional<Presence> presence(String app) {
    journal.flush();
    return jdbc.sql(
            """
            select session.id, call.at, cast(call.response #>> '{data,mode}' as int) as mode,
                   cast(request.recording ->> 'channelType' as int) as channel_type
              from (select * from provider_call
                     where app = ? and operation = 'presence'
                       and operation in ('acquire', 'start', 'presence')
                       and response #>> '{data,mode}' in ('1', '2')
                     order by at desc limit 1) call
              join session on session.id = call.session_id,
              lateral (select session.request -> 'recording' as recording) request
             where request.recording ->> 'channelType' is not null
            """)
        .param(app)
        .query(
            (row, _) ->
                new Presence(
                    row.getObject("id", UUID.class),
                    row.getTimestamp("at").toInstant(),
                    row.getInt("mode"),
                    row.getInt("channel_type")))
        .optional();
  }

  /// The last recent recording of a channel whose files are all there: the recorder received what
  /// was sent.
  Optional<Value> recorded(String app) {
    return jdbc.sql(
            """
            select recent.id, audit.checked_at,
                   cast(recent.request #>> '{recording,channelType}' as int) as value
              from (select * from session where app = :app order by id desc limit :most) recent
              join task_audit audit on audit.session_id = recent.id
             where recent.mode <> 'web' and audit.status = 'verified'
               and recent.request #>> '{recording,channelType}' is not null
             order by audit.checked_at desc limit 1
            """)
        .param("app", app)
        .param("most", RECENT)
        .query(
            (row, _) ->
                new Value(
                    row.getObject("id", UUID.class),
                    row.getTimestamp("checked_at").toInstant(),
                    row.getInt("value")))
        .optional();
  }

  /// The session that records this already, if one does.
  Optional<UUID> active(String app, String channel, String mode, String slot) {
    return jdbc.sql(
            """
            select id from session
             where app = ? and channel = ? and mode = ? and slot = ?
               and status not in ('stopped', 'failed')
            """)
        .param(app)
        .param(channel)
        .param(mode)
        .param(slot)
        .query(UUID.class)
        .optional();
  }

  /// Those of the UIDs that recorders of this channel have now.
  List<String> taken(String app, String channel, List<String> uids) {
    return jdbc.sql(
            """
            select distinct uid from task
             where app = ? and channel = ? and status <> 'ended' and uid = any (?) order by uid
            """)
        .param(app)
        .param(channel)
        .param(uids.toArray(String[]::new))
        .query((row, _) -> row.getString("uid"))
        .list();
  }

  private static @Nullable Instant instant(@Nullable Timestamp at) {
    return at == null ? null : at.toInstant();
  }
}
