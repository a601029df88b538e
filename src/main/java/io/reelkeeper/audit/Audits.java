package io.reelkeeper.audit;

import io.reelkeeper.core.TaskId;
import io.reelkeeper.session.Sessions;
import io.reelkeeper.session.state.Session;
import io.reelkeeper.session.state.Signal;
import io.reelkeeper.session.state.Task;
import io.reelkeeper.session.state.TimerKind;
import io.reelkeeper.timer.TimerChange;
import io.reelkeeper.timer.Timers;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// What is known of the files of sessions.
@Component
public class Audits {

  /// What the audits of all tasks of a session come to.
  ///
  /// @param files as the bucket held them when it was looked into last; not those of tasks that
  ///     nobody has looked for yet
  public record SessionAudit(AuditStatus status, List<Finding> findings, List<AuditedFile> files) {}

  /// Nobody has looked yet.
  public static final SessionAudit NOTHING =
      new SessionAudit(AuditStatus.PENDING, List.of(), List.of());

  private record Kept(UUID session, int task, AuditStatus status, List<Finding> findings) {}

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final Timers timers;
  private final Sessions sessions;
  private final Rivals rivals;
  private final Clock clock;

  Audits(
      JdbcClient jdbc,
      JsonMapper json,
      Timers timers,
      Sessions sessions,
      Rivals rivals,
      Clock clock) {
    this.jdbc = jdbc;
    this.json = json;
    this.timers = timers;
    this.sessions = sessions;
    this.rivals = rivals;
    this.clock = clock;
  }

  static boolean isAudited(Task task) {
    return task.ended() && task.sid() != null;
  }

  /// Has the buckets looked into now, for every task that has ended.
  public void now(Session session) {
    Instant now = clock.instant();
    timers.change(
        session.tasks().stream()
            .filter(Audits::isAudited)
            .map(task -> timer(task.id(session), now))
            .toList());
  }

  private static TimerChange timer(TaskId task, Instant at) {
    return new TimerChange.Set(
        TimerKind.AUDIT.name(), task.toString(), at, TimerKind.AUDIT.priority());
  }

  /// @param next when to look again, null for never
  @Transactional
  void keep(
      Session session, Task task, Judge.Verdict verdict, Instant now, @Nullable Instant next) {
    jdbc.sql(
            """
            insert into task_audit
              (session_id, number, status, settled, looks, touched_at, checked_at, findings)
            values (:session, :task, :status, :settled, 1, :now, :now, :findings::jsonb)
            on conflict (session_id, number) do update set
              status = excluded.status, settled = excluded.settled, looks = task_audit.looks + 1,
              touched_at = excluded.touched_at, checked_at = excluded.checked_at,
              findings = excluded.findings
            """)
        .param("session", session.id())
        .param("task", task.number())
        .param("status", verdict.status().word())
        .param("settled", verdict.settled())
        .param("now", Timestamp.from(now))
        // PostgreSQL's JSON knows no NUL, and a key of a hostile bucket may hold one
        .param(
            "findings", json.writeValueAsString(verdict.findings()).replace("\\u0000", "\\ufffd"))
        .update();
    keepFiles(session.id(), task.number(), verdict.files());
    if (next != null) {
      timers.change(List.of(timer(task.id(session), next)));
    }
    sessions.apply(
        session.id(),
        new Signal.Audited(
            task.number(),
            verdict.status().word(),
            verdict.settled(),
            verdict.findings().stream().map(it -> it.kind() + ": " + it.detail()).toList()));
  }

  private void keepFiles(UUID session, int task, List<AuditedFile> files) {
    jdbc.sql("delete from audited_file where session_id = ? and task = ?")
        .param(session)
        .param(task)
        .update();
    if (files.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            insert into audited_file
              (session_id, task, name, type, size, seconds, present, part, position)
            select :session, :task, name, type, size, seconds, present, part, position
              from unnest(:names::text[], :types::text[], :sizes::bigint[], :seconds::float8[],
                          :present::boolean[], :parts::int[])
                   with ordinality as file (name, type, size, seconds, present, part, position)
            on conflict do nothing
            """)
        .param("session", session)
        .param("task", task)
        .param(
            "names", files.stream().map(it -> it.name().replace("\0", "")).toArray(String[]::new))
        .param("types", files.stream().map(AuditedFile::type).toArray(String[]::new))
        .param("sizes", files.stream().map(AuditedFile::size).toArray(Long[]::new))
        .param("seconds", files.stream().map(AuditedFile::seconds).toArray(Double[]::new))
        .param("present", files.stream().map(AuditedFile::present).toArray(Boolean[]::new))
        .param("parts", files.stream().map(AuditedFile::part).toArray(Integer[]::new))
        .update();
  }

  public SessionAudit of(Session session) {
    return of(List.of(session), true).getOrDefault(session.id(), NOTHING);
  }

  /// The audits of these sessions, without the files of slices that are there.
  public Map<UUID, SessionAudit> of(List<Session> sessions) {
    return of(sessions, false);
  }

  private Map<UUID, SessionAudit> of(List<Session> sessions, boolean everyFile) {
    String[] ids = sessions.stream().map(it -> it.id().toString()).toArray(String[]::new);
    Map<UUID, List<Kept>> kept = new HashMap<>();
    kept(ids).forEach(it -> kept.computeIfAbsent(it.session(), _ -> new ArrayList<>()).add(it));
    Map<UUID, List<AuditedFile>> files = files(ids, everyFile);
    Map<UUID, SessionAudit> audits = new HashMap<>();
    for (Session session : sessions) {
      audits.put(
          session.id(),
          audit(
              session,
              kept.getOrDefault(session.id(), List.of()),
              files.getOrDefault(session.id(), List.of())));
    }
    return audits;
  }

  private SessionAudit audit(Session session, List<Kept> kept, List<AuditedFile> files) {
    if (session.status().isFinal() && !session.accepted()) {
      // no recorder of it ever was, so there is nothing to look for; but perhaps there is another
      return new SessionAudit(
          AuditStatus.EMPTY, Rivals.findings(session, rivals.near(session)), List.of());
    }
    var findings = kept.stream().flatMap(it -> it.findings().stream()).distinct().toList();
    boolean mayGoOn =
        !session.status().isFinal()
            || session.tasks().stream().anyMatch(it -> it.sid() != null && !it.ended());
    List<AuditStatus> statuses =
        session.tasks().stream()
            .filter(task -> task.sid() != null)
            .map(
                task ->
                    kept.stream()
                        .filter(it -> it.task() == task.number())
                        .findFirst()
                        .map(Kept::status)
                        .orElse(AuditStatus.PENDING))
            .toList();
    return new SessionAudit(
        mayGoOn ? AuditStatus.PENDING : AuditStatus.of(statuses), findings, files);
  }

  private List<Kept> kept(String[] sessions) {
    return jdbc.sql(
            """
            select session_id, number, status, findings from task_audit
             where session_id = any(?::uuid[]) order by session_id, number
            """)
        .param(sessions)
        .query(
            (row, _) ->
                new Kept(
                    row.getObject("session_id", UUID.class),
                    row.getInt("number"),
                    AuditStatus.ofWord(row.getString("status")),
                    json.readValue(
                        row.getString("findings"), new TypeReference<List<Finding>>() {})))
        .list();
  }

  private Map<UUID, List<AuditedFile>> files(String[] sessions, boolean every) {
    Map<UUID, List<AuditedFile>> files = new HashMap<>();
    jdbc.sql(
            """
            select * from audited_file
             where session_id = any(?::uuid[]) and (? or part is not null or not present
                   or type in ('mp4', 'jpg'))
             order by session_id, task, position
            """)
        .param(sessions)
        .param(every)
        .query(
            (row, _) ->
                files
                    .computeIfAbsent(
                        row.getObject("session_id", UUID.class), _ -> new ArrayList<>())
                    .add(
                        new AuditedFile(
                            row.getInt("task"),
                            row.getString("name"),
                            row.getString("type"),
                            (Long) row.getObject("size"),
                            (Double) row.getObject("seconds"),
                            row.getBoolean("present"),
                            (Integer) row.getObject("part"))))
        .list();
    return files;
  }
}
